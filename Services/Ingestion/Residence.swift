import Contracts
import Wire

/// A PROFILE_UPDATE that says in which zone the customer lives; judged by (event time, source, id).
struct ZoneUpdate: Sendable, Hashable {
  var at: Int64 = 0
  var source = ""
  var id = ""
  var shape: Int64 = 1
  /// An IANA name.
  var zone = ""

  /// Reads a draft, or an event as it is journaled; nil where it says nothing of a zone that there is.
  init?(_ text: ArraySlice<UInt8>, _ zones: Zones) {
    var scanner = JSONScanner(text)
    guard (try? read(&scanner)) != nil, !zone.isEmpty, zones[zone] != nil else { return nil }
  }

  init(at: Int64, source: String, id: String, shape: Int64, zone: String) {
    (self.at, self.source, self.id, self.shape, self.zone) = (at, source, id, shape, zone)
  }

  private mutating func read(_ scanner: inout JSONScanner) throws(JSONError) {
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      switch key {
      case "at": at = try scanner.integer()
      case "source": source = try scanner.string()
      case "source_event_id": id = try scanner.string()
      case "shape": shape = try scanner.integer()
      case "metadata": try readZone(&scanner)
      default: try scanner.skip()
      }
    }
  }

  private mutating func readZone(_ scanner: inout JSONScanner) throws(JSONError) {
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      if case "time_zone" = key, try scanner.kind() == .string {
        zone = try scanner.string()
      } else {
        try scanner.skip()
      }
    }
  }

  func precedes(_ other: ZoneUpdate) -> Bool {
    (at, source, id, shape) < (other.at, other.source, other.id, other.shape)
  }
}

/// What is known of a customer beside the marks of events: the last entry, and where he lives.
struct Residence: Sendable, Hashable {
  /// Updates that are kept, the newest: an older one is taken back by its REVERSAL without any effect.
  static let updatesMax = 32

  /// The number of the customer's last entry.
  var last: Int64 = 0
  /// Ascending.
  private(set) var updates: [ZoneUpdate] = []

  init(last: Int64 = 0, updates: [ZoneUpdate] = []) { (self.last, self.updates) = (last, updates) }

  init(_ row: IngestionRow?) {
    switch row {
    case .customer(let last): self.last = last
    case .resident(let residence): self = residence
    default: break
    }
  }

  /// As it is kept.
  var row: IngestionRow { updates.isEmpty ? .customer(last) : .resident(self) }

  /// The zone that is known now.
  var zone: String? { updates.last?.zone }

  mutating func add(_ update: ZoneUpdate) {
    updates.insert(update, at: updates.firstIndex { update.precedes($0) } ?? updates.count)
    if updates.count > Self.updatesMax { updates.removeFirst() }
  }

  mutating func remove(_ update: ZoneUpdate) { updates.removeAll { $0 == update } }
}

extension Residence {
  func pack(_ writer: inout PackedWriter) {
    writer.signed(last)
    writer.array(updates) { writer, update in
      writer.signed(update.at)
      writer.text(update.source)
      writer.text(update.id)
      writer.signed(update.shape)
      writer.text(update.zone)
    }
  }

  init(_ reader: inout PackedReader) throws(PackedError) {
    self.init(
      last: try reader.signed(),
      updates: try reader.array { (reader) throws(PackedError) in
        ZoneUpdate(
          at: try reader.signed(), source: try reader.text(), id: try reader.text(),
          shape: try reader.signed(), zone: try reader.text())
      })
  }
}

/// The day of a draft, put in anew where the customer's own zone has another one than the operator's.
enum DayStamp {
  /// The draft with the day of its instant in a zone; a draft without `at` or `day` stays as it is.
  static func stamped(_ draft: ArraySlice<UInt8>, _ zone: Zone) -> ArraySlice<UInt8> {
    var scanner = JSONScanner(draft)
    guard let (at, place) = try? members(&scanner), place.upperBound <= draft.endIndex, !place.isEmpty else {
      return draft
    }
    let day = Array(String(zone.day(ofMicros: at).number).utf8)
    if draft[place].elementsEqual(day) { return draft }
    return draft[..<place.lowerBound] + day + draft[place.upperBound...]
  }

  private static func members(_ scanner: inout JSONScanner) throws(JSONError) -> (Int64, Range<Int>) {
    var (at, place) = (Int64(0), 0..<0)
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      switch key {
      case "at": at = try scanner.integer()
      case "day": place = try scanner.number().indices
      default: try scanner.skip()
      }
    }
    return (at, place)
  }
}
