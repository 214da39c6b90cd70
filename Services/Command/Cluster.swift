import Contracts
import Foundation
import Hosting
import Messaging
import Wire

/// The services of an installation as the command sees them: through the gateway it learns who there is.
struct Cluster: Sendable {
  /// How the command calls itself.
  static let name = "laurel"
  /// How long the gateway may take to be there, in milliseconds.
  static let connectMilliseconds = 2_000
  /// How long a quick question may take, in milliseconds.
  static let quickMilliseconds = 10_000
  /// How long a call is repeated while nobody answers, in milliseconds.
  static let patienceMilliseconds: Int64 = 120_000
  /// The pauses between two tries, in milliseconds.
  static let pausesMilliseconds = [100, 200, 500, 1_000]

  let gateway: Caller
  let directory: Directory

  /// Prepares to talk to the gateway whose sockets are in `run`.
  init(run: String) throws {
    do throws(WireError) {
      let urls = try Endpoints.urls(listen: "ipc", run: run, instance: ServiceName.gateway.rawValue)
      gateway = try Caller(url: urls.rpc, name: Self.name)
    } catch { throw Fault("the gateway cannot be called", error, advice: "use a shorter --home") }
    directory = Directory(name: Self.name)
  }

  /// Runs a body against the services of an installation that is up.
  static func with<Result>(
    _ home: HomeFolder, _ body: (Cluster) async throws -> Result
  ) async throws -> Result {
    let cluster = try Cluster(run: home.run)
    do {
      try await cluster.connect(home)
      let result = try await body(cluster)
      await cluster.close()
      return result
    } catch {
      await cluster.close()
      throw error
    }
  }

  func connect(_ home: HomeFolder) async throws {
    guard await gateway.waitConnected(timeoutMilliseconds: Self.connectMilliseconds) else {
      throw Fault("nothing runs on \(home.path)", advice: "start it with `laurel up --home \(home.path)`")
    }
    try await refresh()
  }

  func close() async {
    await directory.close()
    await gateway.close()
  }

  /// Learns the membership anew.
  @discardableResult
  func refresh() async throws -> [Replica] {
    do throws(WireError) {
      let reply = try await gateway.call("registry/list", timeoutMilliseconds: Self.quickMilliseconds)
      let members = try Announcement.members(reply.first ?? [])
      directory.update(members)
      return members
    } catch { throw Fault("the gateway does not say who there is", error, advice: "look at its log") }
  }

  /// The replicas of a service; none is a fault.
  func replicas(of service: ServiceName) throws -> [Replica] {
    let found = directory.replicas(of: service.rawValue).sorted { $0.instance < $1.instance }
    guard !found.isEmpty else {
      throw Fault("no replica of \(service.rawValue) is there", advice: "see `laurel status` and its log")
    }
    return found
  }

  /// Asks a service, without a customer in mind or the owner of a partition; only what may be repeated.
  ///
  /// While nobody answers, the membership is learnt anew and the call repeated.
  func call(
    _ service: ServiceName, _ method: String, partition: Int? = nil, _ payloads: Frames,
    timeoutMilliseconds: Int = 60_000, key: String? = nil
  ) async throws(WireError) -> Frames {
    let end = Monotonic.milliseconds() + Self.patienceMilliseconds
    var tries = 0
    while true {
      do throws(WireError) {
        return try await directory.call(
          service.rawValue, method, partition: partition, payloads, timeoutMilliseconds: timeoutMilliseconds,
          key: key, retry: true)
      } catch {
        guard Self.mayPass(error), Monotonic.milliseconds() < end else { throw error }
        let pause = Self.pausesMilliseconds[min(tries, Self.pausesMilliseconds.count - 1)]
        tries += 1
        guard (try? await Task.sleep(for: .milliseconds(pause))) != nil else {
          throw .cancelled("the asker went away")
        }
        _ = try? await refresh()
      }
    }
  }

  /// Whether another try may help.
  static func mayPass(_ error: WireError) -> Bool {
    [.unavailable, .deadlineExceeded, .aborted, .resourceExhausted].contains(error.status)
      || error.status == .failedPrecondition && error.owner != nil
  }

  /// Asks one replica once.
  func ask(
    _ replica: Replica, _ method: String, _ payloads: Frames = Frames(), timeoutMilliseconds: Int = 60_000
  ) async throws -> Frames {
    guard let caller = directory.caller(of: replica.service, instance: replica.instance) else {
      throw Fault("\(replica.instance) is gone", advice: "see `laurel status`")
    }
    _ = await caller.waitConnected(timeoutMilliseconds: Self.connectMilliseconds)
    do throws(WireError) {
      return try await caller.call(method, payloads, timeoutMilliseconds: timeoutMilliseconds)
    } catch { throw Fault("\(replica.instance), \(method)", error) }
  }

  /// What all replicas of a service answer, laid together.
  func sum(_ service: ServiceName, _ method: String) async throws -> JSONTree {
    var total = JSONTree.null
    for replica in try replicas(of: service) {
      let reply = try await ask(replica, method, Frames([JSONWriter.object { _ in }]))
      total = total.merged(with: try Self.tree(reply, method))
    }
    return total
  }

  /// Asks the owner of a customer's partition.
  func customer(_ service: ServiceName, _ method: String, _ customer: String, limit: Int? = nil) async throws
    -> JSONTree
  {
    let payload = JSONWriter.object { writer in
      writer.member("customer_id", customer)
      writer.member("limit", optional: limit)
    }
    let partition = Partitioning.partition(of: customer, count: partitions)
    do throws(WireError) {
      return try Self.tree(try await call(service, method, partition: partition, Frames([payload])), method)
    } catch { throw Fault(method, error) }
  }

  /// Up to where a journal goes in each partition, as its owners say.
  func heads(of journal: JournalName) async throws -> [Position] {
    let payload = Frames([JSONWriter.object { $0.member("journal", journal.rawValue) }])
    var positions: [Position] = []
    for replica in try replicas(of: journal.owner) {
      let reply = try await ask(replica, "journal/heads", payload)
      positions += try HeadsMessage(reply.first ?? []).heads.map {
        Position(partition: $0.partition, journal: journal, number: $0.head)
      }
    }
    return positions
  }

  /// Into how many partitions customers are divided: the definitions partition's number follows the last one.
  var partitions: Int {
    let known = directory.replicas(of: ServiceName.ingestion.rawValue).flatMap(\.partitions).max()
    return known ?? Partitioning.countDefault
  }

  /// A reply's first payload.
  static func tree(_ reply: Frames, _ method: String) throws(WireError) -> JSONTree {
    do throws(JSONError) { return try JSONTree(reply.first ?? []) } catch {
      throw .internal("the answer of \(method) cannot be read: \(error)")
    }
  }
}
