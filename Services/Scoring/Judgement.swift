import Wire

/// A change of what holds for a customer, to be journaled.
enum Flip: Sendable {
  case up(Watched)
  case down(Watched)
  /// An `up` that a reversal made untrue as of its day.
  case revoked(Watched, LiveCrossing)

  var watched: Watched {
    switch self {
    case .up(let watched), .down(let watched), .revoked(let watched, _): watched
    }
  }
}

extension CustomerRow {
  /// Whether definitions came that the customer has not been judged by.
  func isBehind(_ definitions: ScoringDefinitions) -> Bool {
    judgedSerial != definitions.watch.lastSerial || judgedVersion != definitions.score.version
  }

  /// Judges by what is new to the customer: new comparisons, or all of them after a new score definition.
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
    return judge(definitions.watch, assessment, since: isRescored ? 0 : serial)
  }

  /// Takes over what holds as of the assessment's day, and gives what flipped in the order of the watch list.
  ///
  /// `untrue` are live crossings to take back. What still holds goes up anew directly behind them; what does
  /// not, and was held by another `up`, goes down.
  /// Only comparisons with a serial above `since` are looked at.
  mutating func judge(
    _ watch: WatchList, _ assessment: Assessment, untrue: [LiveCrossing] = [], since: Int = 0
  ) -> [Flip] {
    var flips: [Flip] = []
    var now: [UInt64] = []
    for place in watch.watched.indices {
      let hash = watch.watched[place].hash
      let held = holding.contains(hash)
      // Read in its place: a copy of a comparison would count up and down many references.
      let isAsked = watch.watched[place].serial > since
      var holds = held
      if isAsked {
        holds = assessment.holds(watch.watched[place].need.rule, watch.watched[place].attributes)
        if !holds, held, watch.watched[place].lags { holds = watch.watched[place].stays(assessment) }
      }
      if holds { now.append(hash) }
      if holds == held, untrue.isEmpty { continue }
      flips += flip(watch.watched[place], held: held, holds: holds, untrue)
    }
    if now != holding { holding = now }
    letGo(watch, untrue, today: assessment.features.day)
    return flips
  }

  /// What one comparison journals.
  private func flip(_ watched: Watched, held: Bool, holds: Bool, _ untrue: [LiveCrossing]) -> [Flip] {
    let revoked = untrue.filter { $0.comparison == watched.hash }
    var flips = revoked.map { Flip.revoked(watched, $0) }
    if holds, !held || !revoked.isEmpty {
      flips.append(.up(watched))
    } else if !holds, held, !isRevoked(watched, revoked) {
      flips.append(.down(watched))
    }
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
      return then.holds(watched.rule, watched.attributes)
    }
  }
}
