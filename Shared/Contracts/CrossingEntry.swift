import Wire

/// A comparison of the watch list that flipped for a customer, or one taken back by a reversal.
public struct CrossingEntry: Sendable, Equatable {
  /// Which way the comparison went, or that an `up` was taken back.
  public enum Change: String, Sendable { case up, down, revoked }

  public var customer: String
  /// The identity of the comparison (hash of its canonical text).
  public var comparison: String
  public var change: Change
  /// The instant it was evaluated for, unix microseconds.
  public var asOf: Int64
  /// The events number that caused it, or that had been taken when a sweep caused it.
  public var events: Int64
  public var quiet: Bool
  /// `definition`, `event` or `sweep`.
  public var cause: String
  /// The number of the `up` that is taken back.
  public var revokes: Int64?
  /// The segments and thresholds that it is about: `segment:vip`, `threshold:high-risk`.
  public var names: [String] = []
  /// Scores and features then, a JSON object's text.
  public var snapshot: [UInt8]

  public init(
    customer: String, comparison: String, change: Change, asOf: Int64, events: Int64, quiet: Bool = false,
    cause: String, revokes: Int64? = nil, snapshot: [UInt8] = []
  ) {
    self.customer = customer
    self.comparison = comparison
    self.change = change
    self.asOf = asOf
    self.events = events
    self.quiet = quiet
    self.cause = cause
    self.revokes = revokes
    self.snapshot = snapshot
  }

  /// Writes the members that follow `v`, `kind`, `id` and `prev`.
  public func write(_ writer: inout JSONWriter) {
    writer.member("customer_id", customer)
    writer.member("at", asOf)
    writer.member("comparison", comparison)
    writer.member("change", change.rawValue)
    writer.member("events", events)
    writer.member("cause", cause)
    if quiet { writer.member("quiet", true) }
    writer.member("revokes", optional: revokes)
    if !names.isEmpty {
      writer.key("names")
      writer.array { writer in for name in names { writer.string(name) } }
    }
    if !snapshot.isEmpty { writer.member("snapshot", raw: snapshot) }
  }

  /// Reads an entry; nil for another kind.
  public init?(_ bytes: ArraySlice<UInt8>) throws {
    self.init(customer: "", comparison: "", change: .up, asOf: 0, events: 0, cause: "")
    var known = false
    var isReadable = true
    var scanner = JSONScanner(bytes)
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      switch key {
      case "kind": known = try scanner.string() == "crossing"
      case "customer_id": customer = try scanner.string()
      case "at": asOf = try scanner.integer()
      case "comparison": comparison = try scanner.string()
      case "change":
        let read = Change(rawValue: try scanner.string())
        (change, isReadable) = (read ?? change, read != nil)
      case "events": events = try scanner.integer()
      case "cause": cause = try scanner.string()
      case "quiet": quiet = try scanner.bool()
      case "revokes": revokes = try scanner.integer()
      case "names":
        try scanner.beginArray()
        while try scanner.nextElement() { names.append(try scanner.string()) }
      case "snapshot": snapshot = Array(try scanner.skip())
      default: try scanner.skip()
      }
    }
    try scanner.finish()
    if !known { return nil }
    guard isReadable else { throw WireError.invalid("an unknown change of a crossing") }
  }
}
