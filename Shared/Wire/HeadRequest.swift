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
    var parts = Parts()
    do throws(JSONError) { try parts.read(text) } catch {
      throw .invalid("the request's head: \(error)", cause: error)
    }
    guard let method = parts.method else { throw .invalid("the request's head has no method") }
    guard let id = parts.id else { throw .invalid("the request's head has no id") }
    guard let deadline = parts.deadline else { throw .invalid("the request's head has no deadline") }
    return RequestHead(
      method: method, id: id, deadline: deadline, key: parts.key, traceparent: parts.traceparent,
      caller: parts.caller)
  }

  private struct Parts {
    var method: String?
    var id: String?
    var deadline: Int64?
    var key: String?
    var traceparent: String?
    var caller: String?

    mutating func read(_ text: ArraySlice<UInt8>) throws(JSONError) {
      var scanner = JSONScanner(text)
      try scanner.beginObject()
      while let name = try scanner.nextKey() {
        switch name {
        case "method": method = try scanner.string()
        case "id": id = try scanner.string()
        case "deadline": deadline = try scanner.integer()
        case "key": key = try scanner.optionalString()
        case "traceparent": traceparent = try scanner.optionalString()
        case "caller": caller = try scanner.optionalString()
        default: try scanner.skip()
        }
      }
      try scanner.finish()
    }
  }
}
