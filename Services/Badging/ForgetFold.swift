import Contracts
import Journal
import Wire

/// What the ledger of a forgotten customer came to, under a name that says nothing of him.
struct ForgottenRow: Sendable, Equatable {
  /// Entries and points by kind.
  var entries = 0
  var points: [String: Int] = [:]

  init() {}

  init(_ reader: inout PackedReader) throws(PackedError) {
    entries = try reader.number()
    for _ in 0..<(try reader.count()) { points[try reader.text()] = Int(try reader.signed()) }
  }

  func pack(_ writer: inout PackedWriter) {
    writer.count(entries)
    writer.count(points.count)
    for (kind, sum) in points.sorted(by: { $0.key < $1.key }) {
      writer.text(kind)
      writer.signed(Int64(sum))
    }
  }
}

/// Scoring and Missions each tell once that a customer is forgotten; between the two, what the other had told
/// before may bring something back, so it is dropped at both.
extension BadgingFold {
  func forget(_ customer: String, _ work: inout Work<Self>) {
    let number = work.nextNumber
    let row = work.row(RowKey.customer(customer))?.customer
    if let row {
      dropAwards(row, customer, &work)
      dropGrants(row, &work)
      dropLedger(row, customer, pseudonym: "x-\(work.partition)-\(number)", &work)
      work.set(RowKey.customer(customer), nil)
    }
    work.emit(
      kind: ForgetEntry.kind, id: "f-\(work.partition)-\(number)", prev: row?.last ?? 0,
      ForgetEntry(customer: customer).write)
  }

  private func dropAwards(_ row: CustomerRow, _ customer: String, _ work: inout Work<Self>) {
    for holding in row.held {
      if let count = work.registers.awards[holding.badge] {
        work.registers.awards[holding.badge] = count > 1 ? count - 1 : nil
      }
    }
    for place in 0..<row.awardCount {
      let key = RowKey.award(customer, place + 1)
      for fact in work.row(key)?.award?.evidence ?? [] {
        if case .occasion(let mission, let occasion) = fact {
          work.set(RowKey.occasion(mission, occasion), nil)
        }
      }
      work.set(key, nil)
    }
  }

  private func dropGrants(_ row: CustomerRow, _ work: inout Work<Self>) {
    var next = row.lastGrant
    while let id = next, let grant = work.row(RowKey.grant(id))?.grant {
      work.cancel(Due(at: grant.entry.expiresAt, kind: DueKind.expiry, id: id))
      work.set(RowKey.occasion(grant.entry.mission, grant.entry.occasion), nil)
      work.set(RowKey.grant(id), nil)
      next = grant.before
    }
  }

  private func dropLedger(
    _ row: CustomerRow, _ customer: String, pseudonym: String, _ work: inout Work<Self>
  ) {
    guard row.ledgerCount > 0 else { return }
    var kept = ForgottenRow()
    for place in 0..<row.ledgerCount {
      let key = RowKey.ledger(customer, place + 1)
      guard let entry = work.row(key)?.ledger else { continue }
      kept.entries += 1
      kept.points[entry.booking.rawValue, default: 0] += entry.points
      if let slash = entry.reference.lastIndex(of: "/"),
        let occasion = Int(entry.reference[entry.reference.index(after: slash)...])
      {
        work.set(RowKey.occasion(String(entry.reference[..<slash]), occasion), nil)
      }
      work.set(key, nil)
    }
    work.set(RowKey.forgotten(pseudonym), .forgotten(kept))
  }
}
