import Contracts
import Journal
import Wire

/// Why and as of when a customer is judged.
struct Occasion: Sendable {
  enum Cause: String, Sendable { case definition, event, sweep }

  let cause: Cause
  var quiet = false
  let assessment: Assessment
}

extension ScoringFold {
  /// The day that it is for a customer.
  func today(_ row: CustomerRow, _ work: Work<Self>) -> Day { row.history.day(at: work.now, zones) }

  /// Folds one event, or the reversal of one, and journals what flips.
  func take(_ event: EventEntry, _ work: inout Work<Self>) {
    let definitions = work.definitions
    work.update(CustomerRow.key(event.customer), initial: CustomerRow(definitions)) { row, work in
      if row.events == 0 { welcome(&work) }
      catchUp(event.customer, &row, &work)
      let before = event.kind == .reversal ? row.liveTrue(definitions) : []
      row.history.take(event, today: today(row, work))
      settle(event.customer, &row, &work)
      row.events = work.taken(.events)
      row.updatedAt = work.now
      let assessment = Assessment(row.history, asOf: today(row, work), definitions.marks)
      let untrue = before.isEmpty ? [] : subtract(row.liveTrue(definitions), from: before)
      let flips = row.judge(definitions.watch, assessment, untrue: untrue)
      emit(
        flips, event.customer, &row, &work,
        Occasion(cause: .event, quiet: event.quiet, assessment: assessment))
    }
  }

  /// Live crossings that were true before a reversal, less those that are true behind it.
  private func subtract(_ after: [LiveCrossing], from before: [LiveCrossing]) -> [LiveCrossing] {
    before.filter { !after.contains($0) }
  }

  /// Counts a new customer; the first one of a partition starts the daily sweep.
  private func welcome(_ work: inout Work<Self>) {
    work.registers.customers += 1
    if work.registers.sweepAt == 0 { planSweep(&work) }
  }

  /// Judges a customer by definitions that came since the last time.
  func catchUp(_ customer: String, _ row: inout CustomerRow, _ work: inout Work<Self>) {
    let definitions = work.definitions
    guard row.isBehind(definitions) else { return }
    let assessment = Assessment(row.history, asOf: today(row, work), definitions.marks)
    let flips = row.catchUp(definitions, assessment)
    emit(flips, customer, &row, &work, Occasion(cause: .definition, assessment: assessment))
  }

  /// Journals flips, linked to the customer's crossing before; an `up` stays live for reversals.
  func emit(
    _ flips: [Flip], _ customer: String, _ row: inout CustomerRow, _ work: inout Work<Self>,
    _ occasion: Occasion
  ) {
    guard !flips.isEmpty else { return }
    let evidence = occasion.assessment.evidence()
    for flip in flips {
      let entry = entry(flip, customer, work, occasion, evidence)
      let number = work.emit(
        kind: "crossing", id: "x-\(work.partition)-\(work.nextNumber)", prev: row.last
      ) { entry.write(&$0) }
      row.last = number
      if case .up(let watched) = flip {
        row.live.append(
          LiveCrossing(comparison: watched.hash, number: number, day: occasion.assessment.features.day))
      }
    }
    work.registers.crossings += Int64(flips.count)
  }

  private func entry(
    _ flip: Flip, _ customer: String, _ work: Work<Self>, _ occasion: Occasion, _ evidence: [UInt8]
  ) -> CrossingEntry {
    var entry = CrossingEntry(
      customer: customer, comparison: "", change: .up, asOf: work.now, events: work.taken(.events),
      quiet: occasion.quiet, cause: occasion.cause.rawValue, snapshot: evidence)
    (entry.comparison, entry.names) = (flip.watched.identity, flip.watched.names)
    switch flip {
    case .up: break
    case .down: entry.change = .down
    case .revoked(_, let crossing): (entry.change, entry.revokes) = (.revoked, crossing.number)
    }
    return entry
  }
}
