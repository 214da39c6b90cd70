/// The first frame of a request: what is asked, until when, and by whom.
public struct RequestHead: Sendable, Equatable {
  /// `service.version/name`, such as `scoring.v1/get`.
  public var method: String
  /// Given by the asker, the same over retries; the reply carries it again.
  public var id: String
  /// The instant after which nobody waits for the answer, unix milliseconds of the machine's time.
  public var deadline: Int64
  /// The idempotency key.
  public var key: String?
  /// W3C trace context.
  public var traceparent: String?
  /// Who asks, such as `missions@host-1`.
  public var caller: String?

  public init(
    method: String, id: String, deadline: Int64, key: String? = nil, traceparent: String? = nil,
    caller: String? = nil
  ) {
    self.method = method
    self.id = id
    self.deadline = deadline
    self.key = key
    self.traceparent = traceparent
    self.caller = caller
  }

  /// Room for a head of usual size, in bytes.
  private static let usualBytes = 256

  /// The head as JSON text.
  public func encode() -> [UInt8] {
    var writer = JSONWriter(capacity: Self.usualBytes)
    writer.object { object in
      object.member("method", method)
      object.member("id", id)
      object.member("deadline", deadline)
      object.member("key", optional: key)
      object.member("traceparent", optional: traceparent)
      object.member("caller", optional: caller)
    }
    return writer.bytes
  }

  /// Reads a head; members that this version does not know are skipped.
  ///
  /// `method`, `id` and `deadline` must be there; throws `invalid_argument`.
  public static func decode(_ text: ArraySlice<UInt8>) throws(WireError) -> RequestHead {
    guard text.count <= Limits.headBytesMax else {
      throw .exhausted("a head is over \(Limits.headBytesMax) bytes")
    }
    var head = RequestHead(method: "", id: "", deadline: 0)
    var found: (method: Bool, id: Bool, deadline: Bool) = (false, false, false)
    do throws(JSONError) { try head.read(text, &found) } catch {
      throw .invalid("the request's head: \(error)", cause: error)
    }
    guard found.method else { throw .invalid("the request's head has no method") }
    guard found.id else { throw .invalid("the request's head has no id") }
    guard found.deadline else { throw .invalid("the request's head has no deadline") }
    return head
  }

  private mutating func read(
    _ text: ArraySlice<UInt8>, _ found: inout (method: Bool, id: Bool, deadline: Bool)
  ) throws(JSONError) {
    var scanner = JSONScanner(text)
    try scanner.beginObject()
    while let name = try scanner.nextKey() {
      switch name {
      case "method": (method, found.method) = (try scanner.string(), true)
      case "id": (id, found.id) = (try scanner.string(), true)
      case "deadline": (deadline, found.deadline) = (try scanner.integer(), true)
      case "key": key = try scanner.optionalString()
      case "traceparent": traceparent = try scanner.optionalString()
      case "caller": caller = try scanner.optionalString()
      default: try scanner.skip()
      }
    }
    try scanner.finish()
  }
}
