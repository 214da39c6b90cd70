import Contracts
import Wire

/// An active award and what it stands on.
struct Holding: Sendable, Equatable {
  let badge: String
  /// Its place among the customer's awards.
  let place: Int
  var grounds: [Ground]
}

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
    truths = try reader.array { (reader) throws(PackedError) in
      Truth(
        comparison: ComparisonName(hash: try reader.unsigned()), crossing: try reader.signed(),
        definitions: try reader.signed())
    }
    let counts = try reader.array { (reader) throws(PackedError) in (try reader.text(), try reader.number()) }
    completed = Dictionary(counts) { $1 }
    held = try reader.array { (reader) throws(PackedError) in
      Holding(
        badge: try reader.text(), place: try reader.number(),
        grounds: try reader.array { (reader) throws(PackedError) in Ground(try Evidence.list(&reader)) })
    }
  }

  func pack(_ writer: inout PackedWriter) {
    writer.signed(last)
    writer.signed(Int64(balance))
    writer.count(ledgerCount)
    writer.count(awardCount)
    writer.count(grantCount)
    writer.optional(lastGrant) { $0.text($1) }
    writer.bool(isWaiting)
    writer.array(truths) {
      $0.unsigned($1.comparison.hash)
      $0.signed($1.crossing)
      $0.signed($1.definitions)
    }
    writer.array(completed.sorted { $0.key < $1.key }) {
      $0.text($1.key)
      $0.count($1.value)
    }
    writer.array(held) {
      $0.text($1.badge)
      $0.count($1.place)
      $0.array($1.grounds) { Evidence.pack($1.facts, &$0) }
    }
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

extension Evidence {
  static func pack(_ facts: [Evidence], _ writer: inout PackedWriter) {
    writer.array(facts) { writer, fact in
      switch fact {
      case .crossing(let number):
        writer.unsigned(0)
        writer.signed(number)
      case .occasion(let mission, let occasion):
        writer.unsigned(1)
        writer.text(mission)
        writer.signed(Int64(occasion))
      case .completed(let category, let count):
        writer.unsigned(2)
        writer.text(category)
        writer.count(count)
      }
    }
  }

  static func list(_ reader: inout PackedReader) throws(PackedError) -> [Evidence] {
    try reader.array { (reader) throws(PackedError) in
      switch try reader.unsigned() {
      case 0: .crossing(try reader.signed())
      case 1: .occasion(mission: try reader.text(), Int(try reader.signed()))
      case 2: .completed(category: try reader.text(), try reader.number())
      default: throw PackedError(offset: 0, reason: "an unknown kind of evidence")
      }
    }
  }
}
