import Contracts
import Messaging
import Wire

/// Long work of a service, from the request that begins it to its end.
struct ServiceJob: Sendable {
  /// The pauses between two questions, in milliseconds: most jobs of a demonstration are short.
  private static let pausesMilliseconds = [5, 10, 20, 40, 80, 160]
  /// No job takes longer, in milliseconds.
  private static let patienceMilliseconds: Int64 = 1_800_000

  let cluster: Cluster
  let service: ServiceName
  /// What it is, for people.
  let title: String

  /// A run of a source's connector; gives how many records were read.
  static func sync(_ source: String, _ cluster: Cluster) async throws -> Int {
    let job = ServiceJob(cluster: cluster, service: .ingestion, title: "the run of \(source)")
    return try await job.run(Method.sync, JSONWriter.object { $0.member("source", source) })["read"].integer
      ?? 0
  }

  /// Missions for many customers.
  static func generate(_ customers: [String], _ cluster: Cluster) async throws {
    let job = ServiceJob(cluster: cluster, service: .missions, title: "the generation")
    _ = try await job.run(
      Method.generateList,
      JSONWriter.object { writer in
        writer.key("customers")
        writer.array { writer in for customer in customers { writer.string(customer) } }
      }, partition: cluster.partitions)
  }

  /// Begins it, waits for its end, and gives what is then known of it.
  func run(_ method: String, _ payload: [UInt8], partition: Int? = nil) async throws -> JSONTree {
    let begun = try await ask(method, payload, partition)
    guard let id = begun["id"].text else { throw Fault("\(title) has no id") }
    let question = JSONWriter.object { $0.member("id", id) }
    let end = Monotonic.milliseconds() + Self.patienceMilliseconds
    var tries = 0
    while true {
      let job = try await ask(Method.job, question, partition)
      switch job["status"].text {
      case "done": return job
      case "running": break
      default:
        throw Fault(
          "\(title), job \(id), ended: \(job["error"].shown)", advice: "see the log of \(service.rawValue)")
      }
      guard Monotonic.milliseconds() < end else { throw Fault("\(title), job \(id), does not end") }
      let pause = Self.pausesMilliseconds[min(tries, Self.pausesMilliseconds.count - 1)]
      tries += 1
      try await Task.sleep(for: .milliseconds(pause))
    }
  }

  private func ask(_ method: String, _ payload: [UInt8], _ partition: Int?) async throws -> JSONTree {
    do throws(WireError) {
      let reply = try await cluster.call(service, method, partition: partition, Frames([payload]))
      return try Cluster.tree(reply, method)
    } catch { throw Fault(title, error) }
  }
}
