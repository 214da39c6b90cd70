import Contracts
import Journal
import Wire

/// Checks a partition of Ingestion: links, reversals, and that journal and kept rows tell the same counts.
struct IngestionAuditor: FoldAuditor {
  private let partition: Int
  private var findings: [String] = []
  /// Each customer's last entry, by the journal and by the rows.
  private var linked: [String: Int64] = [:]
  private var lasts: [String: Int64] = [:]
  /// Accepted drafts by source, by the journal and by the parts' rows.
  private var entered: [String: Int] = [:]
  private var accepted: [String: Int] = [:]
  private var reversals: Set<UInt128> = []
  private var takenBack: Set<Int64> = []
  /// Awaited records, and whose they are.
  private var awaited: [UInt128: String] = [:]
  private var waitingRows = 0
  private var totals: [String: TotalsRow] = [:]
  private var summed: [String: TotalsRow] = [:]

  /// Findings that are told one by one.
  private static let findingsMax = 20

  init(partition: Int) { self.partition = partition }

  private mutating func find(_ text: String) {
    if findings.count < Self.findingsMax { findings.append("events \(partition): \(text)") }
  }

  mutating func own(_ number: Int64, _ bytes: ArraySlice<UInt8>) throws {
    let entry = try JournalledEvent(bytes)
    if entry.kind == ForgetEntry.erased { return try erased(bytes) }
    if entry.entryID != EventID.text(partition, number) {
      find("entry \(number) has the id '\(entry.entryID)'")
    }
    if entry.prev != linked[entry.customer] ?? 0 {
      find("entry \(number) follows \(entry.prev), the customer's last was \(linked[entry.customer] ?? 0)")
    }
    linked[entry.customer] = number
    switch entry.kind {
    case ForgetEntry.kind:
      linked[entry.customer] = nil
      awaited = awaited.filter { $0.value != entry.customer }
    case "event": entered[entry.source, default: 0] += 1
    case "reversal_waiting":
      entered[entry.source, default: 0] += 1
      if let target = entry.target { awaited[target.takenBack] = entry.customer }
    case "reversal": check(number, entry)
    default: find("entry \(number) is of the unknown kind '\(entry.kind)'")
    }
  }

  /// The records of a forgotten customer stay counted.
  private mutating func erased(_ bytes: ArraySlice<UInt8>) throws {
    let records = try ForgetEntry(bytes, kind: ForgetEntry.erased)?.records ?? [:]
    for (source, count) in records { entered[source, default: 0] += count }
  }

  private mutating func check(_ number: Int64, _ entry: JournalledEvent) {
    if entry.originalNumber <= 0 || entry.originalNumber >= number {
      find("reversal \(number) takes back entry \(entry.originalNumber)")
    }
    if entry.originalID != EventID.text(partition, entry.originalNumber) {
      find("reversal \(number) carries '\(entry.originalID)' as entry \(entry.originalNumber)")
    }
    if !takenBack.insert(entry.originalNumber).inserted {
      find("reversal \(number) takes back entry \(entry.originalNumber) once more")
    }
    if entry.waited != nil {
      if let target = entry.target { awaited[target.takenBack] = nil }
    } else if reversals.insert(entry.identity.reversal(shape: entry.shape)).inserted {
      entered[entry.source, default: 0] += 1
    }
  }

  mutating func upstream(_ journal: JournalName, _ number: Int64, _ entry: ArraySlice<UInt8>) {}

  mutating func row(_ key: String, _ row: IngestionRow) {
    switch row {
    case .customer(let last): lasts[key.dropping(bytes: 2)] = last
    case .resident(let residence): lasts[key.dropping(bytes: 2)] = residence.last
    case .waiting: waitingRows += 1
    case .part(let part): accepted[part.source, default: 0] += part.accepted
    case .chunk(let chunk): add(chunk)
    case .totals(let row): totals[key.dropping(bytes: 3)] = row
    case .rejected, .source, .file, .job, .sync, .feed, .held, .counter: break
    }
  }

  private mutating func add(_ chunk: ChunkRow) {
    var sum = summed[chunk.source] ?? TotalsRow()
    if let counts = chunk.counts {
      sum.counts += counts
      sum.chunks += 1
    } else {
      sum.open += 1
    }
    summed[chunk.source] = sum
  }

  mutating func finish() -> [String] {
    for customer in linked.keys.filter({ linked[$0] != lasts[$0] }).sorted() {
      find("the last entry of '\(customer)' is \(linked[customer] ?? 0), its row has \(lasts[customer] ?? 0)")
    }
    if lasts.count > linked.count { find("\(lasts.count - linked.count) customers' rows have no entry") }
    for source in Set(entered.keys).union(accepted.keys).sorted()
    where entered[source] ?? 0 != accepted[source] ?? 0 {
      find(
        "\(entered[source] ?? 0) drafts of '\(source)' are entries, \(accepted[source] ?? 0) were accepted")
    }
    if awaited.count != waitingRows {
      find("\(awaited.count) records are awaited, \(waitingRows) REVERSALs wait")
    }
    for source in Set(totals.keys).union(summed.keys).sorted() {
      let (told, sum) = (totals[source] ?? TotalsRow(), summed[source] ?? TotalsRow())
      if told.counts != sum.counts || told.chunks != sum.chunks || told.open != sum.open {
        find("the totals of '\(source)' are \(told.counts), its chunks give \(sum.counts)")
      }
    }
    return findings
  }
}
