import Contracts
import Measures
import Wire

/// An `up` that a reversal may still take back.
struct LiveCrossing: Sendable, Hashable {
  /// The comparison's hash.
  let comparison: UInt64
  /// Its number in the journal.
  let number: Int64
  /// The day as of which it was true.
  let day: Day
}

/// What Scoring keeps of a customer; or a mark that one lives in another zone than the operator's.
struct CustomerRow: Sendable, Hashable {
  /// The form of the packed bytes.
  static let form: UInt8 = 3
  /// Older forms that are read, and written as the newest with the next change.
  static let oldestForm: UInt8 = 2
  /// Days for which a crossing may be taken back.
  static let liveDays = DayLimits.asOfDays

  var history = History()
  /// The number of the customer's last event.
  var events: Int64 = 0
  /// The instant at which that was taken, unix microseconds.
  var updatedAt: Int64 = 0
  /// The number of the customer's last crossing, or 0.
  var last: Int64 = 0
  /// The comparisons now true, by hash, ascending. Those that left the watch list go with the next change.
  var holding: [UInt64] = []
  /// By number.
  var live: [LiveCrossing] = []
  /// The newest comparison by which the customer has been judged.
  var judgedSerial: Int
  /// The version of the score definition by which the customer has been judged.
  var judgedVersion: Int
  /// The zone at whose midnights the customer is swept; empty for the operator's.
  var zone = ""
  /// Whether this is no customer but a mark of one.
  private(set) var isMark = false

  /// A customer who is new: the whole watch list is still to be looked at.
  init(_ definitions: ScoringDefinitions) {
    judgedSerial = definitions.watch.lastSerial
    judgedVersion = definitions.score.version
  }

  /// The mark that a customer lives elsewhere: found by zone, and so swept at that zone's midnight.
  static let mark: CustomerRow = {
    var mark = CustomerRow(ScoringDefinitions())
    mark.isMark = true
    return mark
  }()
  static func markKey(zone: String, _ customer: String) -> String { markPrefix(zone: zone) + customer }
  /// No zone's name has a colon.
  static func markPrefix(zone: String) -> String { "z:\(zone):" }

  /// The key of a customer's row.
  static func key(_ customer: String) -> String { prefix + customer }
  static let prefix = "c:"
  /// The customer of a row's key.
  static func customer(of key: String) -> String { key.dropping(bytes: prefix.utf8.count) }
}

extension CustomerRow {
  func pack(_ writer: inout PackedWriter) {
    if isMark { return writer.unsigned(0) }
    writer.unsigned(UInt64(Self.form))
    history.pack(&writer)
    writer.signed(events)
    writer.signed(updatedAt)
    writer.signed(last)
    // Plain loops: this is the hottest row there is.
    writer.count(holding.count)
    for hash in holding { writer.unsigned(hash) }
    writer.count(live.count)
    for crossing in live {
      writer.unsigned(crossing.comparison)
      writer.signed(crossing.number)
      writer.signed(Int64(crossing.day.number))
    }
    writer.count(judgedSerial)
    writer.count(judgedVersion)
    writer.text(zone)
  }

  init(_ reader: inout PackedReader) throws(PackedError) {
    let form = try reader.unsigned()
    if form == 0 {
      self = .mark
      return
    }
    guard (UInt64(Self.oldestForm)...UInt64(Self.form)).contains(form) else {
      throw PackedError(offset: 0, reason: "an unknown form of row")
    }
    history = try History(&reader, form: form)
    events = try reader.signed()
    updatedAt = try reader.signed()
    last = try reader.signed()
    holding = try reader.array { (reader) throws(PackedError) in try reader.unsigned() }
    live = try reader.array { (reader) throws(PackedError) in
      let (comparison, number) = (try reader.unsigned(), try reader.signed())
      guard let day = Int32(exactly: try reader.signed()) else {
        throw PackedError(offset: 0, reason: "no such day")
      }
      return LiveCrossing(comparison: comparison, number: number, day: Day(number: day))
    }
    judgedSerial = try reader.number()
    judgedVersion = try reader.number()
    if form >= 3 { zone = try reader.text() }
  }
}
