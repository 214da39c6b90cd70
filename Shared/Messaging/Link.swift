import Synchronization
import Wire

/// A replica and the caller that reaches it, with what was seen of it.
final class Link: Sendable {
  let replica: Replica
  let caller: Caller
  private let ejectedUntil: Atomic<Int64>
  private let met: Atomic<Bool>

  /// A replica that let a request time out is passed over for so long, in milliseconds.
  static let ejectionMilliseconds = 1_000
  /// A replica that was never connected is waited for so long, in milliseconds.
  static let meetMilliseconds = 500

  convenience init(_ replica: Replica, name: String, inFlightMax: Int) throws(WireError) {
    self.init(replica, try Caller(url: replica.urls.rpc, name: name, inFlightMax: inFlightMax))
  }

  private init(_ replica: Replica, _ caller: Caller, ejectedUntil: Int64 = 0, met: Bool = false) {
    self.replica = replica
    self.caller = caller
    self.ejectedUntil = Atomic(ejectedUntil)
    self.met = Atomic(met)
  }

  /// The same connection for a newer announcement, nil when the address is another one.
  func renewed(_ replica: Replica) -> Link? {
    guard replica.urls.rpc == self.replica.urls.rpc else { return nil }
    if replica == self.replica { return self }
    return Link(
      replica, caller, ejectedUntil: ejectedUntil.load(ordering: .relaxed), met: met.load(ordering: .relaxed))
  }

  func standing(now: Int64) -> Standing {
    Standing(
      connected: caller.connected, ejected: ejectedUntil.load(ordering: .relaxed) > now,
      outstanding: caller.outstanding)
  }

  /// Waits for the first connection only: later a missing one means that nobody is there.
  nonisolated(nonsending) func meet(withinMilliseconds timeout: Int) async {
    if met.load(ordering: .relaxed) { return }
    if await caller.waitConnected(timeoutMilliseconds: min(timeout, Self.meetMilliseconds)) {
      met.store(true, ordering: .relaxed)
    }
  }

  /// Remembers how a call ended.
  func note(_ error: WireError?, now: Int64) {
    if error?.status == .deadlineExceeded, error?.cause is Failure {
      ejectedUntil.store(Machine.later(now, by: Self.ejectionMilliseconds), ordering: .relaxed)
    } else if error == nil {
      ejectedUntil.store(0, ordering: .relaxed)
    }
  }
}

/// What decides between replicas.
struct Standing: Sendable, Equatable {
  var connected: Bool
  var ejected: Bool
  var outstanding: Int

  /// The place of the best: connected before not, not ejected before ejected, then least outstanding;
  /// among equals the first at or after `turn`.
  static func best(_ standings: [Standing], turn: Int) -> Int? {
    guard !standings.isEmpty else { return nil }
    let start = ((turn % standings.count) + standings.count) % standings.count
    var best = start
    for step in 1..<max(standings.count, 1) {
      let place = (start + step) % standings.count
      if standings[place].rank < standings[best].rank { best = place }
    }
    return best
  }

  private var rank: (Int, Int, Int) { (connected ? 0 : 1, ejected ? 1 : 0, outstanding) }
}
