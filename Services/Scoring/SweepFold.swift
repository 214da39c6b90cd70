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
    work.registers.sweepAt = midnight(zones.usual, work)
    work.set(Due(at: work.registers.sweepAt, kind: SweepLimits.sweep, id: ""))
  }

  /// The instant at which the next day begins in a zone.
  func midnight(_ zone: Zone, _ work: Work<Self>) -> Int64 {
    zone.start(of: zone.day(ofMicros: work.now) + 1)
  }

  /// Looks at a slice of the customers for whom a day has begun: those of the operator's zone first, then
  /// those of the others with the same midnight.
  func sweep(_ due: Due, _ work: inout Work<Self>) {
    var left = SweepLimits.sliceCustomersMax
    if work.registers.sweepAt == due.at { left -= sweepUsual(&work) }
    for zone in work.registers.away.filter({ $0.at == due.at }).map(\.zone) where left > 0 {
      left -= sweep(zone, left, &work)
    }
    if left <= 0 { work.set(due) }
  }

  /// A slice of those who live where the operator does; gives how many were looked at.
  private func sweepUsual(_ work: inout Work<Self>) -> Int {
    let isDeserted = work.registers.away.reduce(0) { $0 + $1.customers } == work.registers.customers
    let keys = isDeserted ? [] : slice(after: work.registers.sweepCursor, &work)
    for key in keys where work.row(key)?.zone == "" { revisit(key, &work, andJudge: true) }
    if let last = keys.last, keys.count == SweepLimits.sliceCustomersMax {
      work.registers.sweepCursor = last
    } else {
      planSweep(&work)
    }
    return keys.count
  }

  /// A slice of those who live in another zone; gives how many were looked at.
  private func sweep(_ zone: String, _ limit: Int, _ work: inout Work<Self>) -> Int {
    let prefix = CustomerRow.markPrefix(zone: zone)
    let cursor = work.registers.away.first { $0.zone == zone }?.cursor ?? ""
    let keys = work.keys(after: cursor, prefix: prefix, limit: limit)
    for key in keys {
      revisit(CustomerRow.key(key.dropping(bytes: prefix.utf8.count)), &work, andJudge: true)
    }
    // By its name: who moves meanwhile may have taken zones away.
    guard let place = work.registers.away.firstIndex(where: { $0.zone == zone }) else { return keys.count }
    if let last = keys.last, keys.count == limit {
      work.registers.away[place].cursor = last
    } else {
      plan(place, &work)
    }
    return keys.count
  }

  /// Sets the timer of the next midnight of a zone.
  func plan(_ place: Int, _ work: inout Work<Self>) {
    guard let zone = zones[work.registers.away[place].zone] else { return }
    let at = midnight(zone, work)
    work.registers.away[place].at = at
    work.registers.away[place].cursor = ""
    work.set(Due(at: at, kind: SweepLimits.sweep, id: ""))
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
      settle(customer, &row, &work)
      let assessment = Assessment(row.history, asOf: today(row, work), work.definitions.marks)
      let flips = row.judge(work.definitions.watch, assessment)
      emit(flips, customer, &row, &work, Occasion(cause: .sweep, assessment: assessment))
    }
    if row != before { work.set(key, row) }
  }
}
