import Contracts
import Wire

/// What Badging keeps of a customer.
struct CustomerRow: Sendable, Equatable {
  /// The number of the customer's last entry in the journal.
  var last: Int64 = 0
  var balance = 0
  /// How many ledger entries and awards there are; they have rows of their own, numbered from 1.
  var ledgerCount = 0
  var awardCount = 0
  /// How many offers were granted, and the id of the newest grant; each names the one before it.
  var grantCount = 0
  var lastGrant: String?
  /// Whether quiet crossings wait to be announced.
  var isWaiting = false
  var truths: [Truth] = []
  /// Completed missions by category.
  var completed: [String: Int] = [:]
  var held: [Holding] = []

  init() {}

  init(_ reader: inout PackedReader) throws(PackedError) {
    last = try reader.signed()
    balance = Int(try reader.signed())
    ledgerCount = try reader.number()
    awardCount = try reader.number()
    grantCount = try reader.number()
    lastGrant = try reader.optional { (reader) throws(PackedError) in try reader.text() }
    isWaiting = try reader.bool()
    for _ in 0..<(try reader.count()) { truths.append(try Truth(&reader)) }
    for _ in 0..<(try reader.count()) { completed[try reader.text()] = try reader.number() }
    for _ in 0..<(try reader.count()) { held.append(try Holding(&reader)) }
  }

  func pack(_ writer: inout PackedWriter) {
    writer.signed(last)
    writer.signed(Int64(balance))
    writer.count(ledgerCount)
    writer.count(awardCount)
    writer.count(grantCount)
    writer.optional(lastGrant) { $0.text($1) }
    writer.bool(isWaiting)
    // Plain loops: each crossing reads and writes this row, and the generic `array`
    // takes three times as long.
    writer.count(truths.count)
    for truth in truths { truth.pack(&writer) }
    writer.count(completed.count)
    for (category, count) in completed.sorted(by: { $0.key < $1.key }) {
      writer.text(category)
      writer.count(count)
    }
    writer.count(held.count)
    for holding in held { holding.pack(&writer) }
  }

  /// What holds now.
  var standing: Standing { Standing(truths: truths, completed: completed) }

  /// Counts a mission that was completed, or revoked.
  mutating func count(_ category: String, _ change: Int) {
    let count = (completed[category] ?? 0) + change
    completed[category] = count > 0 ? count : nil
  }

  /// Whether a ground's facts are all still on record, given what was just taken away.
  func stands(_ ground: Ground, without fact: Evidence) -> Bool {
    ground.facts.allSatisfy { each in
      if case .completed(let category, let count) = each { return (completed[category] ?? 0) >= count }
      return each != fact
    }
  }
}
