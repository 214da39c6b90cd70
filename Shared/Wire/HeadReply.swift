/// The first frame of a reply: how the request with this id ended.
public struct ReplyHead: Sendable, Equatable {
  public var id: String
  public var status: Status
  /// For people; there when the status is not ok.
  public var message: String?
  /// A JSON object's text.
  public var details: [UInt8]?
  /// How long to wait before another try, in milliseconds.
  public var retryAfterMilliseconds: Int?

  public init(
    id: String, status: Status, message: String? = nil, details: [UInt8]? = nil,
    retryAfterMilliseconds: Int? = nil
  ) {
    self.id = id
    self.status = status
    self.message = message
    self.details = details
    self.retryAfterMilliseconds = retryAfterMilliseconds
  }

  /// It went well.
  public static func ok(id: String) -> ReplyHead { ReplyHead(id: id, status: .ok) }

  /// It failed; the cause stays here.
  public static func failure(id: String, _ error: WireError) -> ReplyHead {
    ReplyHead(
      id: id, status: error.status, message: error.message, details: error.details,
      retryAfterMilliseconds: error.retryAfterMilliseconds)
  }

  /// The failure that the reply reports, nil when it is ok.
  public var error: WireError? {
    if status == .ok { return nil }
    return WireError(
      status, message ?? status.rawValue, details: details, retryAfterMilliseconds: retryAfterMilliseconds)
  }

  /// Room for a head of usual size, in bytes.
  private static let usualBytes = 96

  /// The text of `ok(id:)`.
  public static func encodedOK(id: String) -> [UInt8] {
    var writer = JSONWriter(capacity: usualBytes)
    writer.raw(#"{"id":"#.utf8)
    writer.string(id)
    writer.raw(#""status":"ok"}"#.utf8)
    return writer.bytes
  }

  /// The head as JSON text.
  public func encode() -> [UInt8] {
    var writer = JSONWriter(capacity: Self.usualBytes)
    writer.object { object in
      object.member("id", id)
      object.member("status", status.rawValue)
      object.member("message", optional: message)
      if let details { object.member("details", raw: details) }
      object.member("retry_after_ms", optional: retryAfterMilliseconds)
    }
    return writer.bytes
  }

  /// Reads a head; an unknown code reads as `unknown`, unknown members are skipped.
  ///
  /// `id` and `status` must be there; throws `invalid_argument`.
  public static func decode(_ text: ArraySlice<UInt8>) throws(WireError) -> ReplyHead {
    guard text.count <= Limits.headBytesMax else {
      throw .exhausted("a head is over \(Limits.headBytesMax) bytes")
    }
    var id: String?
    var head = ReplyHead(id: "", status: .unknown)
    do throws(JSONError) { try read(text, &id, &head) } catch {
      throw .invalid("the reply's head: \(error)", cause: error)
    }
    guard let id else { throw .invalid("the reply's head has no id") }
    head.id = id
    return head
  }

  /// What a head reports: nil when all is well. Without the strings that the asker knows already.
  public static func failure(in text: ArraySlice<UInt8>) throws(WireError) -> WireError? {
    isPlainlyOK(text) ? nil : try decode(text).error
  }

  /// Whether the text surely is a whole head with the status ok; all else is for `decode` to judge.
  private static func isPlainlyOK(_ text: ArraySlice<UInt8>) -> Bool {
    guard text.count <= Limits.headBytesMax else { return false }
    var (hasID, isOK) = (false, false)
    var scanner = JSONScanner(text)
    do throws(JSONError) {
      try scanner.beginObject()
      while let name = try scanner.nextKey() {
        switch name {
        case "id": hasID = !(try scanner.stringBytes().isEmpty)
        case "status": isOK = try scanner.stringBytes().elementsEqual("ok".utf8)
        default: return false
        }
      }
      try scanner.finish()
    } catch { return false }
    return hasID && isOK
  }

  private static func read(
    _ text: ArraySlice<UInt8>, _ id: inout String?, _ head: inout ReplyHead
  ) throws(JSONError) {
    var scanner = JSONScanner(text)
    var status: Status?
    try scanner.beginObject()
    while let name = try scanner.nextKey() {
      switch name {
      case "id": id = try scanner.string()
      case "status": status = Status(wire: try scanner.string())
      case "message": head.message = try scanner.optionalString()
      case "details": head.details = try scanner.takeNull() ? nil : try details(&scanner)
      case "retry_after_ms":
        head.retryAfterMilliseconds = try scanner.takeNull() ? nil : Int(try scanner.integer())
      default: try scanner.skip()
      }
    }
    try scanner.finish()
    guard let status else { throw scanner.error("the status is missing") }
    head.status = status
  }

  private static func details(_ scanner: inout JSONScanner) throws(JSONError) -> [UInt8] {
    guard try scanner.kind() == .object else { throw scanner.error("details must be an object") }
    return Array(try scanner.skip())
  }
}
