import Wire

/// How long points last.
enum PointsTerm {
  static let months = 12

  /// The same local time 12 calendar months later (29 Feb -> 28 Feb), unix microseconds.
  static func end(of instant: Int64, zone: Zone) -> Int64 {
    let local = instant + Int64(zone.offsetSeconds(atMicros: instant)) * 1_000_000
    let day = zone.day(ofMicros: instant)
    let timeOfDay = local - Int64(day.number) * Day.micros
    return zone.micros(local: Int64(day.adding(months: months).number) * Day.micros + timeOfDay)
  }
}
