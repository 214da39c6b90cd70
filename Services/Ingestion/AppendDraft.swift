import Contracts
import Wire

/// What the owner of a partition reads of a draft before it becomes an entry.
struct AppendDraft: Sendable {
  /// The draft's whole text, an object.
  let bytes: ArraySlice<UInt8>
  private(set) var customer: ArraySlice<UInt8> = []
  private(set) var source: ArraySlice<UInt8> = []
  private(set) var id: ArraySlice<UInt8> = []
  private(set) var shape = 1
  private(set) var isReversal = false
  private(set) var isProfile = false
  /// The record that a REVERSAL names.
  private(set) var reverses: RecordName?

  /// Throws `invalid_argument` for what cannot be an event; an unknown member is refused, since the text goes
  /// into the journal as it is.
  init(_ bytes: ArraySlice<UInt8>) throws(WireError) {
    self.bytes = bytes
    do { if try !scanCanonical() { try scan() } } catch { throw .invalid("a draft: \(error)", cause: error) }
    guard bytes.first == UInt8(ascii: "{"), !id.isEmpty, id.count <= MappingLimits.sourceEventIDBytesMax,
      (1...RecordIdentity.shapesMax).contains(shape), isReversal == (reverses != nil),
      reverses?.isUsable ?? true
    else { throw .invalid("a draft has a member that cannot be") }
  }

  private struct Refusal: Error, CustomStringConvertible {
    let description: String
  }

  /// The short way, for what `EventDraft` wrote in plain text.
  private mutating func scanCanonical() throws -> Bool {
    let start = bytes.startIndex
    guard let draft = bytes.withUnsafeBufferPointer({ CanonicalDraft($0) }),
      let type = EventType(name: bytes[draft.type.from(start)]), type != .reversal
    else { return false }
    isProfile = type == .profileUpdate
    if let metadata = draft.metadata {
      var scanner = JSONScanner(bytes[metadata.from(start)])
      guard try scanner.kind() == .object else { return false }
      try scanner.skip()
      try scanner.finish()
    }
    customer = bytes[draft.customer.from(start)]
    source = bytes[draft.source.from(start)]
    id = bytes[draft.id.from(start)]
    shape = draft.shape
    return true
  }

  private mutating func scan() throws {
    var scanner = JSONScanner(bytes)
    var seen: UInt16 = 0
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      let member = try member(key, &scanner)
      guard seen & member == 0 else { throw Refusal(description: "\(key) is given twice") }
      seen |= member
    }
    try scanner.finish()
    guard seen & Self.required == Self.required else {
      throw Refusal(description: "one of customer_id, at, type, day, source, source_event_id is missing")
    }
  }

  /// The bits of customer_id, at, type, day, source and source_event_id.
  private static let required: UInt16 = 0b0000_0001_0110_0111

  /// Takes a member and gives its bit.
  @inline(__always)
  private mutating func member(_ key: JSONKey, _ scanner: inout JSONScanner) throws -> UInt16 {
    switch key {
    case "customer_id":
      customer = try scanner.stringBytes()
      return 1 << 0
    case "at":
      _ = try scanner.integer()
      return 1 << 1
    case "type":
      let name = try scanner.stringBytes()
      guard let type = EventType(name: name) else { throw Refusal(description: "an unknown event type") }
      isReversal = type == .reversal
      isProfile = type == .profileUpdate
      return 1 << 2
    case "value":
      _ = try scanner.number()
      return 1 << 3
    case "unit":
      _ = try scanner.stringBytes()
      return 1 << 4
    case "day":
      _ = try scanner.integer()
      return 1 << 5
    case "source":
      source = try scanner.stringBytes()
      return 1 << 6
    case "source_type":
      _ = try scanner.stringBytes()
      return 1 << 7
    case "source_event_id":
      id = try scanner.stringBytes()
      return 1 << 8
    default: return try rareMember(key, &scanner)
    }
  }

  private mutating func rareMember(_ key: JSONKey, _ scanner: inout JSONScanner) throws -> UInt16 {
    switch key {
    case "shape":
      shape = Int(try scanner.integer())
      return 1 << 9
    case "quiet":
      _ = try scanner.bool()
      return 1 << 10
    case "metadata":
      guard try scanner.kind() == .object else { throw Refusal(description: "metadata is no object") }
      try scanner.skip()
      return 1 << 11
    case "reverses":
      reverses = try RecordName(&scanner)
      return 1 << 12
    default: throw Refusal(description: "\(key) is no member of a draft")
    }
  }

  /// By which the draft's own record is known again.
  var identity: RecordIdentity { RecordIdentity(customer: customer, source: source, id: id) }

  /// By which the record is known that a REVERSAL names.
  var target: RecordIdentity? {
    reverses.map { RecordIdentity(customer: customer, source: $0.source.utf8, id: $0.id.utf8) }
  }
}

extension Range<Int> {
  fileprivate func from(_ start: Int) -> Range<Int> { lowerBound + start..<upperBound + start }
}

extension RecordName {
  /// Reads `{"source", "source_event_id"}`.
  init(_ scanner: inout JSONScanner) throws(JSONError) {
    self.init(source: "", id: "")
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      switch key {
      case "source": source = try scanner.string()
      case "source_event_id": id = try scanner.string()
      default: try scanner.skip()
      }
    }
  }

  fileprivate var isUsable: Bool {
    let sizes = 1...MappingLimits.sourceEventIDBytesMax
    return sizes.contains(source.utf8.count) && sizes.contains(id.utf8.count)
  }
}
