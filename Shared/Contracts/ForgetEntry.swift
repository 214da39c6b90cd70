import Wire

/// Says that a customer is forgotten: what is kept of him ends here. Each journal has one of its own, so that
/// every follower drops its state at the same place.
///
/// Once all have taken it, the customer's entries up to it, and it itself, are erased: in the place of each
/// stands a tombstone of the same number.
public struct ForgetEntry: Sendable, Equatable {
  public static let kind = "forget"
  /// The kind of a tombstone.
  public static let erased = "erased"

  public var customer: String
  /// The customer's accepted records by source, where the journal is that of events: they stay counted.
  public var records: [String: Int]

  public init(customer: String, records: [String: Int] = [:]) {
    (self.customer, self.records) = (customer, records)
  }

  /// Writes the members that follow `v`, `kind`, `id` and `prev`.
  public func write(_ writer: inout JSONWriter) {
    writer.member("customer_id", customer)
    if !records.isEmpty { writeRecords(&writer) }
  }

  private func writeRecords(_ writer: inout JSONWriter) {
    writer.key("records")
    writer.object { writer in
      for (source, count) in records.sorted(by: { $0.key < $1.key }) {
        writer.key(text: source)
        writer.integer(count)
      }
    }
  }

  /// Reads an entry; nil for another kind. A tombstone has the empty customer.
  public init?(_ bytes: ArraySlice<UInt8>, kind wanted: String = ForgetEntry.kind) throws {
    self.init(customer: "")
    var known = false
    var scanner = JSONScanner(bytes)
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      switch key {
      case "kind": known = try scanner.string() == wanted
      case "customer_id": customer = try scanner.string()
      case "records" where known:
        try scanner.beginObject()
        while let source = try scanner.nextKey() {
          records[source.description] = Int(try scanner.integer())
        }
      default: try scanner.skip()
      }
    }
    if !known { return nil }
  }

  /// What stands in an erased entry's place; what a forget entry counts is kept.
  public static func tombstone(of entry: ArraySlice<UInt8>) -> [UInt8] {
    let forget = try? ForgetEntry(entry)
    return JSONWriter.object { writer in
      writer.member("v", 1)
      writer.member("kind", erased)
      if let forget, !forget.records.isEmpty { forget.writeRecords(&writer) }
    }
  }

  /// The customer whom an entry is about; empty for one that is about nobody.
  public static func customer(of entry: ArraySlice<UInt8>) throws(JSONError) -> String {
    var scanner = JSONScanner(entry)
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      if case "customer_id" = key { return try scanner.string() }
      try scanner.skip()
    }
    return ""
  }
}
