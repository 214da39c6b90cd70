import Wire

/// A normalised event on its way to its partition's owner, who gives it a number, an id and its place.
///
/// As a frame it is the JSON object of the entry that it becomes, less the members that the owner adds.
public struct EventDraft: Sendable, Equatable {
  public var customer: String
  public var type: EventType
  public var value: Decimal6?
  public var unit: String?
  /// Event time, unix microseconds.
  public var at: Int64
  public var day: Day
  public var source: String
  public var sourceType: String
  public var sourceID: String
  /// 1, or the place among several events of one record.
  public var shape: Int
  public var quiet: Bool
  /// A JSON object's text, or empty.
  public var metadata: [UInt8]
  /// The record that a REVERSAL takes back.
  public var reverses: RecordName?

  public init(
    customer: String, type: EventType, value: Decimal6? = nil, unit: String? = nil, at: Int64, day: Day,
    source: String, sourceType: String, sourceID: String, shape: Int = 1, quiet: Bool = false,
    metadata: [UInt8] = [], reverses: RecordName? = nil
  ) {
    self.customer = customer
    self.type = type
    self.value = value
    self.unit = unit
    self.at = at
    self.day = day
    self.source = source
    self.sourceType = sourceType
    self.sourceID = sourceID
    self.shape = shape
    self.quiet = quiet
    self.metadata = metadata
    self.reverses = reverses
  }

  /// The frame's text.
  public func encoded() -> [UInt8] {
    var writer = JSONWriter(capacity: 300)
    writer.object { writer in
      writer.member("customer_id", customer)
      writer.member("at", at)
      writer.member("type", type.rawValue)
      if let value { writer.member("value", value) }
      writer.member("unit", optional: unit)
      writer.member("day", day.number)
      writer.member("source", source)
      writer.member("source_type", sourceType)
      writer.member("source_event_id", sourceID)
      if shape != 1 { writer.member("shape", shape) }
      if quiet { writer.member("quiet", true) }
      if !metadata.isEmpty { writer.member("metadata", raw: metadata) }
      if let reverses {
        writer.key("reverses")
        writer.object { writer in
          writer.member("source", reverses.source)
          writer.member("source_event_id", reverses.id)
        }
      }
    }
    return writer.bytes
  }
}

/// A raw record's name: its source and the source's id of it.
public struct RecordName: Sendable, Hashable {
  public var source: String
  public var id: String

  public init(source: String, id: String) {
    self.source = source
    self.id = id
  }
}

/// What a follower of `events` reads of an entry; a reversal shows its original's facts.
public struct EventEntry: Sendable {
  /// What an entry of `events` is.
  public enum Kind: Sendable { case event, reversal, reversalWaiting }

  public var kind = Kind.event
  public var customer = ""
  /// Event time of the event itself (of a reversal: of its original), unix microseconds.
  public var at: Int64 = 0
  public var ingestedAt: Int64 = 0
  public var type = EventType.custom
  public var value: Decimal6?
  public var day = Day(number: 0)
  public var quiet = false
  public var metadata: ArraySlice<UInt8> = []
  /// The names of the source and of its record, UTF-8 (of a reversal: of its original).
  public var source: ArraySlice<UInt8> = []
  public var sourceID: ArraySlice<UInt8> = []
  /// 1, or the place among several events of one record.
  public var shape: Int64 = 1
  /// The number by which windows judge it: its own, or its original's.
  public var number: Int64 = 0

  /// Reads an entry; nil for a kind that this reader does not know.
  public init?(_ bytes: ArraySlice<UInt8>, number: Int64) throws {
    self.number = number
    var scanner = JSONScanner(bytes)
    try scanner.beginObject()
    var known = true
    while let key = try scanner.nextKey() {
      switch key {
      case "kind":
        let kind = try scanner.stringBytes()
        if kind.elementsEqual("event".utf8) {
          self.kind = .event
        } else if kind.elementsEqual("reversal".utf8) {
          self.kind = .reversal
        } else if kind.elementsEqual("reversal_waiting".utf8) {
          self.kind = .reversalWaiting
        } else {
          known = false
        }
      case "original":
        shape = 1
        try scanner.beginObject()
        while let key = try scanner.nextKey() { try member(key, &scanner) }
      case "original_number": self.number = try scanner.integer()
      default: try member(key, &scanner)
      }
    }
    try scanner.finish()
    guard known else { return nil }
    guard !customer.isEmpty else { throw WireError.invalid("an event without customer_id") }
  }

  private mutating func member(_ key: JSONKey, _ scanner: inout JSONScanner) throws {
    switch key {
    case "customer_id": customer = try scanner.string()
    case "at": at = try scanner.integer()
    case "ingested_at": ingestedAt = try scanner.integer()
    case "type":
      guard let type = EventType(name: try scanner.stringBytes()) else {
        throw WireError.invalid("an unknown event type")
      }
      self.type = type
    case "value": value = try scanner.decimal()
    case "day": day = Day(number: Int32(truncatingIfNeeded: try scanner.integer()))
    case "quiet": quiet = try scanner.bool()
    case "metadata": metadata = try scanner.skip()
    case "source": source = try scanner.stringBytes()
    case "source_event_id": sourceID = try scanner.stringBytes()
    case "shape": shape = try scanner.integer()
    default: try scanner.skip()
    }
  }
}
