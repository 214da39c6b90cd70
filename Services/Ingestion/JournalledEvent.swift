import Contracts
import Wire

/// What Ingestion reads of an entry of its own journal, to derive its state and to check it.
struct JournalledEvent: Sendable {
  private(set) var kind = ""
  private(set) var entryID = ""
  private(set) var prev: Int64 = 0
  private(set) var customer = ""
  private(set) var source = ""
  private(set) var id = ""
  private(set) var shape = 1
  /// The event type's name: `REVERSAL` of what takes back.
  private(set) var type = ""
  /// The event's own time, of a reversal its original's; unix microseconds.
  private(set) var at: Int64 = 0
  /// The record that a waiting REVERSAL names.
  private(set) var reverses: RecordName?
  /// The number of the `reversal_waiting` entry behind a reversal.
  private(set) var waited: Int64?
  private(set) var originalNumber: Int64 = 0
  private(set) var originalID = ""
  private(set) var originalName: RecordName?
  /// The whole original of a reversal.
  private(set) var original: ArraySlice<UInt8> = []

  /// Reads an entry; throws what is wrong with it.
  init(_ bytes: ArraySlice<UInt8>) throws {
    var scanner = JSONScanner(bytes)
    try scanner.beginObject()
    while let key = try scanner.nextKey() { try member(key, &scanner) }
    try scanner.finish()
    if kind == ForgetEntry.erased || kind == ForgetEntry.kind && !customer.isEmpty { return }
    guard !kind.isEmpty, !customer.isEmpty, !source.isEmpty, !id.isEmpty else {
      throw WireError.dataLoss("an entry of the events lacks kind, customer_id, source or source_event_id")
    }
  }

  private mutating func member(_ key: JSONKey, _ scanner: inout JSONScanner) throws {
    switch key {
    case "kind": kind = try scanner.string()
    case "id": entryID = try scanner.string()
    case "prev": prev = try scanner.integer()
    case "customer_id": customer = try scanner.string()
    case "source": source = try scanner.string()
    case "source_event_id": id = try scanner.string()
    case "type": type = try scanner.string()
    case "at": at = try scanner.integer()
    case "shape": shape = Int(try scanner.integer())
    case "reverses": reverses = try RecordName(&scanner)
    case "waited": waited = try scanner.integer()
    case "original_number": originalNumber = try scanner.integer()
    case "original":
      type = EventType.reversal.rawValue
      original = try scanner.skip()
      try readOriginal()
    default: try scanner.skip()
    }
  }

  private mutating func readOriginal() throws(JSONError) {
    var scanner = JSONScanner(original)
    var name = RecordName(source: "", id: "")
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      switch key {
      case "id": originalID = try scanner.string()
      case "at": at = try scanner.integer()
      case "source": name.source = try scanner.string()
      case "source_event_id": name.id = try scanner.string()
      default: try scanner.skip()
      }
    }
    originalName = name
  }

  /// By which its own record is known again.
  var identity: RecordIdentity { RecordIdentity(customer: customer, (source, id)) }

  /// By which the record is known that a reversal, waiting or not, takes back.
  var target: RecordIdentity? {
    (reverses ?? originalName).map { RecordIdentity(customer: customer, ($0.source, $0.id)) }
  }
}
