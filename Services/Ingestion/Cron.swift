import Wire

/// A cron expression of five fields: minute, hour, day of the month, month, day of the week.
///
/// Each is `*`, a number, a range `1-5`, a list `1,15`, with a step `*/10`; months and days of the week also
/// by their first three letters, Sunday is 0 or 7. Where both days are given one of them is enough, as cron
/// has it.
struct Cron: Sendable, Hashable {
  private let minutes: Set<Int>
  private let hours: Set<Int>
  private let days: Set<Int>
  private let months: Set<Int>
  private let weekdays: Set<Int>
  /// Whether the days of the month, or of the week, are all.
  private let isAnyDay: Bool
  private let isAnyWeekday: Bool

  /// Days that are looked through: over a century's end two 29 Februaries are eight years apart.
  private static let daysMax = 366 * 9
  private static let minute: Int64 = 60_000_000

  /// nil for what is no such expression.
  init?(_ text: String) {
    let fields = text.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
    guard fields.count == 5, let minutes = Self.field(fields[0], 0...59),
      let hours = Self.field(fields[1], 0...23),
      let days = Self.field(fields[2], 1...31), let months = Self.field(fields[3], 1...12, Self.monthNames),
      let weekdays = Self.field(fields[4], 0...7, Self.weekdayNames)
    else { return nil }
    (self.minutes, self.hours, self.days, self.months) = (minutes, hours, days, months)
    self.weekdays = Set(weekdays.map { $0 % 7 })
    isAnyDay = fields[2].hasPrefix("*")
    isAnyWeekday = fields[4].hasPrefix("*")
  }

  private static let monthNames = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]
  private static let weekdayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

  private static func field(_ text: String, _ range: ClosedRange<Int>, _ names: [String] = []) -> Set<Int>? {
    var values: Set<Int> = []
    for part in text.lowercased().split(separator: ",", omittingEmptySubsequences: false) {
      let halves = part.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
      var step = 1
      if halves.count == 2 {
        guard let number = number(halves[1]), number > 0, number <= range.upperBound else { return nil }
        step = number
      }
      guard let span = span(halves[0], range, names, hasStep: halves.count == 2) else { return nil }
      values.formUnion(stride(from: span.lowerBound, through: span.upperBound, by: step))
    }
    return values
  }

  private static func span(
    _ text: Substring, _ range: ClosedRange<Int>, _ names: [String], hasStep: Bool
  ) -> ClosedRange<Int>? {
    if text == "*" { return range }
    let ends = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false).map { word in
      names.firstIndex(of: String(word)).map { $0 + range.lowerBound } ?? number(word)
    }
    guard let low = ends[0], let high = ends.count == 2 ? ends[1] : hasStep ? range.upperBound : low,
      range.contains(low), range.contains(high), low <= high
    else { return nil }
    return low...high
  }

  private static func number(_ text: Substring) -> Int? {
    text.utf8.allSatisfy { (0x30...0x39).contains($0) } && text.utf8.count <= 2 ? Int(text) : nil
  }

  /// The first instant after another at which it is time, in microseconds; nil when there never is one.
  ///
  /// Times of day that the clock jumps over come at the jump, those that it shows twice the first time; an
  /// expression for every hour follows the clock through both.
  func next(after instant: Int64, in zone: Zone) -> Int64? {
    var day = zone.day(ofMicros: instant)
    for _ in 0..<Self.daysMax {
      if let found = first(on: day, after: instant, zone) { return found }
      day = day + 1
    }
    return nil
  }

  private func first(on day: Day, after instant: Int64, _ zone: Zone) -> Int64? {
    let (start, end) = (zone.start(of: day), zone.start(of: day + 1))
    guard end - start == Day.micros, offset(start, zone) == offset(start - Self.minute, zone) else {
      return stride(from: start, to: end, by: Int(Self.minute)).first { $0 > instant && isDue($0, zone) }
    }
    guard holds(day) else { return nil }
    for hour in hours.sorted() {
      for minute in minutes.sorted() {
        let at = start + Int64(hour * 60 + minute) * Self.minute
        if at > instant { return at }
      }
    }
    return nil
  }

  /// Looks at one minute of a day on which the clock is moved.
  private func isDue(_ instant: Int64, _ zone: Zone) -> Bool {
    let local = instant + offset(instant, zone)
    let before = instant - Self.minute + offset(instant - Self.minute, zone)
    if hours.count == 24 { return holds(local: local) }
    if local <= before { return holds(local: local) && zone.micros(local: local) == instant }
    let passed = stride(from: before + Self.minute, through: local, by: Int(Self.minute))
    return passed.contains { holds(local: $0) && ($0 < local || zone.micros(local: $0) == instant) }
  }

  private func offset(_ instant: Int64, _ zone: Zone) -> Int64 {
    Int64(zone.offsetSeconds(atMicros: instant)) * 1_000_000
  }

  /// Whether it is time when the local clock shows this.
  private func holds(local: Int64) -> Bool {
    let day = Day(number: Int32(clamping: local >= 0 ? local / Day.micros : (local + 1) / Day.micros - 1))
    let minute = Int((local - Int64(day.number) * Day.micros) / Self.minute)
    return hours.contains(minute / 60) && minutes.contains(minute % 60) && holds(day)
  }

  private func holds(_ day: Day) -> Bool {
    guard months.contains(day.month) else { return false }
    let (inMonth, inWeek) = (days.contains(day.day), weekdays.contains(day.weekday))
    return isAnyDay || isAnyWeekday ? inMonth && inWeek : inMonth || inWeek
  }
}
