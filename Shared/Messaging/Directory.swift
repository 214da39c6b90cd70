import Synchronization
import Wire

/// The membership as last seen, and a connection to each replica. It decides addresses only: who owns a
/// partition is the replicas' matter, and they say so when asked in vain.
public final class Directory: Sendable {
  public typealias Change = @Sendable ([Replica]) -> Void

  private struct State: Sendable {
    var membership = Membership()
    var changes: [Change] = []
    var closed = false
  }

  private let name: String
  private let inFlightMax: Int
  private let state = Mutex(State())
  private let turn = Atomic<Int>(0)

  /// `name` is how this process calls itself; `inFlightMax` holds for each replica.
  public init(name: String, inFlightMax: Int = Caller.inFlightDefault) {
    self.name = name
    self.inFlightMax = inFlightMax
  }

  /// Takes the whole membership: connects to the new, keeps the known, closes the gone.
  ///
  /// A replica whose address cannot be is left out and given back.
  @discardableResult
  public func update(_ replicas: [Replica]) -> [Replica] {
    var refused: [Replica] = []
    var gone: [Caller] = []
    let changes: [Change] = state.withLock { state in
      if state.closed { return [] }
      let before = state.membership
      state.membership = merge(before, replicas, &refused)
      let kept = Set(state.membership.links.map { ObjectIdentifier($0.caller) })
      gone = before.links.map(\.caller).filter { !kept.contains(ObjectIdentifier($0)) }
      return Set(before.replicas) == Set(state.membership.replicas) ? [] : state.changes
    }
    for caller in gone { Task.detached { await caller.close() } }
    for change in changes { change(self.replicas) }
    return refused
  }

  private func merge(_ before: Membership, _ replicas: [Replica], _ refused: inout [Replica]) -> Membership {
    var after = Membership()
    for replica in replicas where after.link(replica.service, replica.instance) == nil {
      if let link = before.link(replica.service, replica.instance)?.renewed(replica) {
        after.add(link)
      } else if let link = try? Link(replica, name: name, inFlightMax: inFlightMax) {
        after.add(link)
      } else {
        refused.append(replica)
      }
    }
    return after
  }

  /// All replicas.
  public var replicas: [Replica] { state.withLock { $0.membership.replicas } }

  /// The replicas of one service.
  public func replicas(of service: String) -> [Replica] {
    state.withLock { $0.membership.services[service]?.links.map(\.replica) ?? [] }
  }

  /// The connection to one replica.
  public func caller(of service: String, instance: String) -> Caller? {
    state.withLock { $0.membership.link(service, instance)?.caller }
  }

  /// Hears of the membership each time that it is another one; quick, on the updating thread.
  public func onChange(_ change: @escaping Change) { state.withLock { $0.changes.append(change) } }

  /// Closes all connections; later updates do nothing.
  public func close() async {
    let callers = state.withLock { state in
      defer { state.membership = Membership() }
      state.closed = true
      return state.membership.links.map(\.caller)
    }
    for caller in callers { await caller.close() }
  }
}

extension Directory {
  /// Asks the partition's owner, or without partition the replica with the least on its hands.
  ///
  /// A replica that answers `failed_precondition` with `details.owner` is believed once per look. `retry` is
  /// for idempotent methods and requests with a key: what is `unavailable` is then tried again with short
  /// pauses until the timeout, which all tries share.
  public nonisolated(nonsending) func call(
    _ service: String, _ method: String, partition: Int? = nil, _ payloads: Frames = Frames(),
    timeoutMilliseconds: Int, key: String? = nil, traceparent: String? = nil, id: String? = nil,
    retry: Bool = false
  ) async throws(WireError) -> Frames {
    let deadline = Machine.later(Machine.milliseconds(), by: timeoutMilliseconds)
    var attempts = Attempts(mayRepeat: retry)
    var owner: String?
    while true {
      do throws(WireError) {
        let (link, others) = try choose(service, partition, owner)
        let share = retry && others ? 2 : 1
        let time = Int(max(deadline - Machine.milliseconds(), 1)) / share
        await link.meet(withinMilliseconds: time)
        return try await ask(link, deadline, share, method, payloads, key, traceparent, id)
      } catch {
        switch attempts.after(error, remainingMilliseconds: deadline - Machine.milliseconds()) {
        case .fail: throw error
        case .redirect(let instance): owner = instance
        case .again(let pause):
          owner = nil
          guard (try? await Task.sleep(for: .milliseconds(pause))) != nil else {
            throw .cancelled("the asker went away")
          }
        }
      }
    }
  }

  private nonisolated(nonsending) func ask(
    _ link: Link, _ deadline: Int64, _ share: Int, _ method: String, _ payloads: Frames, _ key: String?,
    _ traceparent: String?, _ id: String?
  ) async throws(WireError) -> Frames {
    let time = max(Int(deadline - Machine.milliseconds()) / share, 1)
    do throws(WireError) {
      let reply = try await link.caller.call(
        method, payloads, timeoutMilliseconds: time, key: key, traceparent: traceparent, id: id)
      link.note(nil, now: Machine.milliseconds())
      return reply
    } catch {
      link.note(error, now: Machine.milliseconds())
      throw error
    }
  }

  /// The link to ask, and whether another one could be asked instead.
  private func choose(
    _ service: String, _ partition: Int?, _ owner: String?
  ) throws(WireError) -> (link: Link, others: Bool) {
    let found = state.withLock { ($0.membership.services[service], owner.flatMap { $0.isEmpty ? nil : $0 }) }
    guard let members = found.0 else { throw .unavailable("no replica of \(service) is known") }
    if let owner = found.1 {
      if let link = members.links.first(where: { $0.replica.instance == owner }) { return (link, false) }
      throw .unavailable("\(owner) of \(service) is not known here")
    }
    if let partition {
      if let link = members.owners[partition] { return (link, false) }
      throw .unavailable("nobody owns partition \(partition) of \(service)")
    }
    let now = Machine.milliseconds()
    let next = turn.wrappingAdd(1, ordering: .relaxed).oldValue
    guard let place = Standing.best(members.links.map { $0.standing(now: now) }, turn: next) else {
      throw .unavailable("no replica of \(service) is known")
    }
    return (members.links[place], members.links.count > 1)
  }
}
