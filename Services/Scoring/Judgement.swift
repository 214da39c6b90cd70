import Wire

/// A change of what holds for a customer, to be journaled.
enum Flip: Sendable {
  case up(Watched)
  case down(Watched)
  /// An `up` that a reversal made untrue as of its day.
  case revoked(Watched, LiveCrossing)
}

extension CustomerRow {
  /// Whether definitions came that the customer has not been judged by.
  func isBehind(_ definitions: ScoringDefinitions) -> Bool {
    judgedSerial != definitions.watch.lastSerial || judgedVersion != definitions.score.version
  }

  /// Judges by definitions that are new to the customer: new comparisons, or all after a new score definition.
  ///
  /// A comparison that was dropped and came back is new; what was known of it before does not count.
  mutating func catchUp(_ definitions: ScoringDefinitions, _ assessment: Assessment) -> [Flip] {
    let serial = judgedSerial
    let isRescored = judgedVersion != definitions.score.version
    for watched in definitions.watch.watched where watched.serial > serial {
      holding.removeAll { $0 == watched.hash }
      live.removeAll { $0.comparison == watched.hash }
    }
    (judgedSerial, judgedVersion) = (definitions.watch.lastSerial, definitions.score.version)
    return judge(definitions.watch, assessment) { isRescored || $0.serial > serial }
  }

  /// Takes over what holds as of the assessment's day, and gives what flipped in the order of the watch list.
  ///
  /// `untrue` are live crossings to take back. What still holds goes up anew directly behind them; what does
  /// not, and was held by another `up`, goes down.
  mutating func judge(
    _ watch: WatchList, _ assessment: Assessment, untrue: [LiveCrossing] = [],
    where isAsked: (Watched) -> Bool = { _ in true }
  ) -> [Flip] {
    var flips: [Flip] = []
    var now: [UInt64] = []
    for watched in watch.watched {
      let held = holding.contains(watched.hash)
      let holds = isAsked(watched) ? assessment.holds(watched.rule) : held
      let revoked = untrue.filter { $0.comparison == watched.hash }
      flips += revoked.map { .revoked(watched, $0) }
      if holds, !held || !revoked.isEmpty {
        flips.append(.up(watched))
      } else if !holds, held, !isRevoked(watched, revoked) {
        flips.append(.down(watched))
      }
      if holds { now.append(watched.hash) }
    }
    if now != holding { holding = now }
    letGo(watch, untrue, today: assessment.features.day)
    return flips
  }

  /// Whether the `up` by which a comparison is held, its newest, is among those taken back.
  private func isRevoked(_ watched: Watched, _ revoked: [LiveCrossing]) -> Bool {
    guard let newest = live.last(where: { $0.comparison == watched.hash }) else { return false }
    return revoked.contains(newest)
  }

  /// Forgets the live crossings that are taken back, too old, or of a comparison that left the watch list.
  private mutating func letGo(_ watch: WatchList, _ untrue: [LiveCrossing], today: Day) {
    guard !live.isEmpty else { return }
    let kept = live.filter {
      today - $0.day <= Self.liveDays && !untrue.contains($0) && watch[$0.comparison] != nil
    }
    if kept.count != live.count { live = kept }
  }

  /// The live crossings that are true as of their days.
  func liveTrue(_ definitions: ScoringDefinitions) -> [LiveCrossing] {
    var assessments: [Day: Assessment] = [:]
    return live.filter { crossing in
      guard let watched = definitions.watch[crossing.comparison] else { return false }
      let then = assessments[crossing.day] ?? Assessment(history, asOf: crossing.day, definitions.marks)
      assessments[crossing.day] = then
      return then.holds(watched.rule)
    }
  }
}
