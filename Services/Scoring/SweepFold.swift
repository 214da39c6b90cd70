import Journal
import Wire

/// The work on all customers of a partition: each day, and when definitions change.
enum SweepLimits {
  /// Customers that one due entry looks at; the next slice is due at once.
  static let sliceCustomersMax = 1_000
  /// The daily timer's kind.
  static let sweep = "sweep"
  /// The kind of the timer of a pass for new definitions.
  static let watch = "watch"
}

extension ScoringFold {
  /// Sets the timer of the next midnight of the operator's zone.
  func planSweep(_ work: inout Work<Self>) {
    work.registers.sweepCursor = ""
    work.registers.sweepAt = zone.start(of: today(work) + 1)
    work.set(Due(at: work.registers.sweepAt, kind: SweepLimits.sweep, id: ""))
  }

  /// Looks at a slice of the customers: a day has passed for them.
  func sweep(_ due: Due, _ work: inout Work<Self>) {
    let keys = slice(after: work.registers.sweepCursor, &work)
    for key in keys { revisit(key, &work, andJudge: true) }
    if let last = keys.last, keys.count == SweepLimits.sliceCustomersMax {
      work.registers.sweepCursor = last
      work.set(due)
    } else {
      planSweep(&work)
    }
  }

  /// Begins a pass over all customers, or begins the running one again.
  func startWatchPass(_ work: inout Work<Self>) {
    guard work.registers.customers > 0 else { return }
    work.registers.watchCursor = ""
    guard work.registers.watchAt == 0 else { return }
    work.registers.watchAt = work.now
    work.set(Due(at: work.now, kind: SweepLimits.watch, id: ""))
  }

  /// Judges a slice of the customers by new definitions.
  func watch(_ due: Due, _ work: inout Work<Self>) {
    let keys = slice(after: work.registers.watchCursor, &work)
    for key in keys { revisit(key, &work, andJudge: false) }
    if let last = keys.last, keys.count == SweepLimits.sliceCustomersMax {
      work.registers.watchCursor = last
      work.set(due)
    } else {
      (work.registers.watchAt, work.registers.watchCursor) = (0, "")
    }
  }

  private func slice(after cursor: String, _ work: inout Work<Self>) -> [String] {
    work.keys(after: cursor, prefix: CustomerRow.prefix, limit: SweepLimits.sliceCustomersMax)
  }

  /// Judges one customer; the row is written only if something changed.
  private func revisit(_ key: String, _ work: inout Work<Self>, andJudge: Bool) {
    guard let before = work.row(key) else { return }
    var row = before
    let customer = CustomerRow.customer(of: key)
    catchUp(customer, &row, &work)
    if andJudge {
      let assessment = Assessment(row.history, asOf: today(work), work.definitions.marks)
      let flips = row.judge(work.definitions.watch, assessment)
      emit(flips, customer, &row, &work, Occasion(cause: .sweep, assessment: assessment))
    }
    if row != before { work.set(key, row) }
  }
}
