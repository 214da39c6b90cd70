import Journal
import Wire

/// What a partition of Badging keeps beside its rows: running totals, and how far a sweep has come.
struct BadgingRegisters: StateRow, Equatable {
  /// Active awards by badge.
  var awards: [String: Int] = [:]
  /// Points that were earned, and that reversals took back (0 or more).
  var earned = 0
  var reversed = 0
  /// Notices by what they tell of.
  var notices: [String: Int] = [:]
  /// What happened to offers, by kind of entry.
  var offers: [String: Int] = [:]
  /// The last customer's key that the sweep after a change of definitions has seen; nil when none runs.
  var sweptTo: String?

  private static let form: UInt64 = 2

  init() {}

  init(_ reader: inout PackedReader) throws(PackedError) {
    guard try reader.unsigned() == Self.form else { throw PackedError(offset: 0, reason: "an unknown form") }
    awards = try Self.counts(&reader)
    earned = Int(try reader.signed())
    reversed = Int(try reader.signed())
    notices = try Self.counts(&reader)
    offers = try Self.counts(&reader)
    sweptTo = try reader.optional { (reader) throws(PackedError) in try reader.text() }
  }

  func pack(_ writer: inout PackedWriter) {
    writer.unsigned(Self.form)
    Self.pack(awards, &writer)
    writer.signed(Int64(earned))
    writer.signed(Int64(reversed))
    Self.pack(notices, &writer)
    Self.pack(offers, &writer)
    writer.optional(sweptTo) { $0.text($1) }
  }

  private static func counts(_ reader: inout PackedReader) throws(PackedError) -> [String: Int] {
    let pairs = try reader.array { (reader) throws(PackedError) in (try reader.text(), try reader.number()) }
    return Dictionary(pairs) { $1 }
  }

  private static func pack(_ counts: [String: Int], _ writer: inout PackedWriter) {
    writer.array(counts.sorted { $0.key < $1.key }) {
      $0.text($1.key)
      $0.count($1.value)
    }
  }
}
