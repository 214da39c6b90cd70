import Wire

/// A request as its handler sees it.
public struct Request: Sendable {
  public let head: RequestHead
  public let payloads: Frames

  public init(head: RequestHead, payloads: Frames = Frames()) {
    self.head = head
    self.payloads = payloads
  }
}

/// Where a handler runs.
public enum Placement: Sendable {
  /// On nng's callback thread, as far as its first real suspension: quick work that never blocks.
  case inline
  /// On the default pool.
  case pool
}

/// One method of a server.
public struct Route: Sendable {
  public typealias Handler = @Sendable (Request) async throws -> Frames
  /// A handler that never suspends, nor blocks: it runs inline, without a task.
  public typealias Quick = @Sendable (Request) throws -> Frames

  /// `service.version/name`.
  public let method: String
  public let placement: Placement
  /// Whether it may run twice without harm, so that callers may try again without a key.
  public let idempotent: Bool
  /// Gives the payloads of the reply; a thrown `WireError` travels, any other error reads as `internal`.
  public let handle: Handler
  let quick: Quick?

  public init(
    _ method: String, placement: Placement = .pool, idempotent: Bool = false, handle: @escaping Handler
  ) {
    self.method = method
    self.placement = placement
    self.idempotent = idempotent
    self.handle = handle
    quick = nil
  }

  /// A method whose answer is at hand, such as the heads of a journal.
  public init(quick method: String, idempotent: Bool = true, answer: @escaping Quick) {
    self.method = method
    placement = .inline
    self.idempotent = idempotent
    handle = { try answer($0) }
    quick = answer
  }
}
