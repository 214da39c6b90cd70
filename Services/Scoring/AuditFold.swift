import Contracts
import Journal
import Measures
import Wire

/// Folds a partition's events again by itself and follows its crossings, and compares both with the rows.
struct ScoringAuditor: FoldAuditor {
  /// Findings of one kind that are named; the rest is only counted.
  private static let namedMax = 5

  /// What the events say of a customer: every day in full, whatever rows no longer keep.
  private struct Evidence {
    var history = History()
    var events: Int64 = 0
  }

  private var rows: [String: CustomerRow] = [:]
  private var marks: Set<String> = []
  private var evidence: [String: Evidence] = [:]
  /// The comparisons that the journal says to be true, by customer.
  private var journaled: [String: Set<UInt64>] = [:]
  private var last: [String: Int64] = [:]
  private var watch = WatchList()
  /// Reads definitions as rows are judged by them.
  private let fold = ScoringFold(zone: .utc)
  /// Comparisons that once left the watch list: rows drop them, journals say nothing.
  private var departed: Set<UInt64> = []
  private var findings: [String] = []

  init(partition: Int) {}

  mutating func own(_ number: Int64, _ entry: ArraySlice<UInt8>) throws {
    if let forget = try ForgetEntry(entry) {
      (journaled[forget.customer], last[forget.customer]) = (nil, nil)
      return
    }
    if try ForgetEntry(entry, kind: ForgetEntry.erased) != nil { return }
    guard let crossing = try CrossingEntry(entry), let hash = UInt64(crossing.comparison, radix: 16) else {
      findings.append("crossing \(number) cannot be read")
      return
    }
    last[crossing.customer] = number
    if crossing.change == .up {
      if !journaled[crossing.customer, default: []].insert(hash).inserted { again.append((number, hash)) }
    } else {
      journaled[crossing.customer, default: []].remove(hash)
    }
  }

  /// Crossings that went up twice, which only a comparison that departed in between may do.
  private var again: [(number: Int64, hash: UInt64)] = []

  /// An entry that cannot be read is parked, and told by that.
  mutating func upstream(_ journal: JournalName, _ number: Int64, _ entry: ArraySlice<UInt8>) throws {
    switch journal {
    case .events: take(number, entry)
    case .scoringDefinitions, .badgingDefinitions: define(journal, number, entry)
    default: break
    }
  }

  private mutating func take(_ number: Int64, _ entry: ArraySlice<UInt8>) {
    if let forget = try? ForgetEntry(entry) { evidence[forget.customer] = nil }
    guard let event = try? EventEntry(entry, number: number), event.kind != .reversalWaiting else { return }
    // Without a day of today nothing is old, so nothing is thinned.
    evidence[event.customer, default: Evidence()].history.take(event, today: Day(number: .min))
    evidence[event.customer]?.events = number
  }

  private mutating func define(_ journal: JournalName, _ number: Int64, _ entry: ArraySlice<UInt8>) {
    guard case .needs(let reference, let needs) = try? fold.decode(journal, number, entry) else { return }
    let before = Set(watch.watched.map(\.hash))
    _ = watch.set(reference, needs: needs)
    departed.formUnion(before.subtracting(watch.watched.map(\.hash)))
  }

  mutating func row(_ key: String, _ row: CustomerRow) {
    if row.isMark { marks.insert(key) } else { rows[CustomerRow.customer(of: key)] = row }
  }

  mutating func finish() -> [String] {
    for (number, hash) in again where !departed.contains(hash) {
      findings.append("crossing \(number) goes up though it was up")
    }
    let away = rows.filter { !$0.value.zone.isEmpty }
    let expected = Set(away.map { CustomerRow.markKey(zone: $0.value.zone, $0.key) })
    name("is swept in another zone than the row says", Array(marks.symmetricDifference(expected)))
    name("has events and no row", evidence.keys.filter { rows[$0] == nil })
    name("has a row and no events", rows.keys.filter { evidence[$0] == nil })
    name("has scores that are not a fold of the events", rows.keys.filter { !agrees($0) })
    name("holds other comparisons than its crossings say", rows.keys.filter { !holdsAsJournaled($0) })
    name("is linked to another crossing than its last", rows.keys.filter { rows[$0]?.last != last[$0] ?? 0 })
    return findings
  }

  private mutating func name(_ what: String, _ customers: [String]) {
    for customer in customers.sorted().prefix(Self.namedMax) {
      findings.append("customer \(customer) \(what)")
    }
    let more = customers.count - Self.namedMax
    if more > 0 { findings.append("\(more) more customers: \(what)") }
  }

  /// Features and attributes as of the row's last day and as far back as may be asked for.
  private func agrees(_ customer: String) -> Bool {
    guard let row = rows[customer], let found = evidence[customer] else { return true }
    guard row.events >= found.events else { return false }
    let today = row.history.days.today
    return [today, today - DayLimits.asOfDays].allSatisfy { day in
      let (kept, folded) = (Features(row.history, asOf: day), Features(found.history, asOf: day))
      return kept.differences(from: folded).isEmpty
    }
  }

  private func holdsAsJournaled(_ customer: String) -> Bool {
    let row = Set(rows[customer]?.holding ?? [])
    let journal = journaled[customer] ?? []
    return row.subtracting(journal).subtracting(departed).isEmpty
      && journal.subtracting(row).subtracting(departed).isEmpty
  }
}
