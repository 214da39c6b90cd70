/// The offsets after a zone table's end, in the notation of POSIX's TZ: `CET-1CEST,M3.5.0,M10.5.0/3`.
struct PosixRule {
  /// Seconds east of UTC outside of summer time.
  var standard: Int32
  var summer: Summer?

  struct Summer {
    var offset: Int32
    var begin: YearlyInstant
    var end: YearlyInstant
  }

  /// nil when the text is not of that notation (RFC 8536, 3.3.1).
  init?(_ text: some Collection<UInt8>) {
    var reader = PosixReader(rest: Array(text)[...])
    guard reader.name(), let west = reader.time() else { return nil }
    standard = Int32(-west)
    if reader.rest.isEmpty { return }
    guard reader.name() else { return nil }
    var offset = standard + 3_600
    if reader.rest.first != UInt8(ascii: ",") {
      guard let west = reader.time() else { return nil }
      offset = Int32(-west)
    }
    guard reader.take(","), let begin = reader.instant(), reader.take(","), let end = reader.instant(),
      reader.rest.isEmpty
    else { return nil }
    summer = Summer(offset: offset, begin: begin, end: end)
  }
}

/// A day of every year and a time on it, in seconds after that day's midnight (may be outside of the day).
struct YearlyInstant {
  enum Rule {
    /// Day 1...365; 29 February is never counted.
    case julian(Int)
    /// Day 0...365; 29 February is counted.
    case ordinal(Int)
    /// Month, week 1...5 (5 is the last), weekday (0 is Sunday).
    case weekday(month: Int, week: Int, weekday: Int)
  }
  var rule: Rule
  var time: Int

  /// Local seconds from 1970-01-01 00:00.
  func seconds(in year: Int) -> Int64 { Int64(day(in: year)) * Day.seconds + Int64(time) }

  private func day(in year: Int) -> Int {
    switch rule {
    case .ordinal(let ordinal): return Day.number(year: year, month: 1, day: 1) + ordinal
    case .julian(let number):
      let leap = Day.isLeap(year) && number >= 60 ? 1 : 0
      return Day.number(year: year, month: 1, day: 1) + number - 1 + leap
    case .weekday(let month, let week, let weekday):
      let first = Day.number(year: year, month: month, day: 1)
      let ahead = (weekday - Day(number: Int32(first)).weekday + 7) % 7
      var day = 1 + ahead + (week - 1) * 7
      while day > Day.count(ofMonth: month, year: year) { day -= 7 }
      return first + day - 1
    }
  }
}

private struct PosixReader {
  var rest: ArraySlice<UInt8>

  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard rest.first == UInt8(ascii: character) else { return false }
    rest.removeFirst()
    return true
  }

  /// Passes over `CET` or `<+0545>`.
  mutating func name() -> Bool {
    if take("<") {
      guard let end = rest.firstIndex(of: UInt8(ascii: ">")) else { return false }
      rest = rest[(end + 1)...]
      return true
    }
    let letters = rest.prefix { ($0 | 0x20) >= UInt8(ascii: "a") && ($0 | 0x20) <= UInt8(ascii: "z") }
    rest = rest[letters.endIndex...]
    return letters.count >= 3
  }

  mutating func number(_ range: ClosedRange<Int>) -> Int? {
    let digits = rest.prefix { $0 >= 0x30 && $0 <= 0x39 }.prefix(3)
    guard !digits.isEmpty else { return nil }
    rest = rest[digits.endIndex...]
    let value = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    return range.contains(value) ? value : nil
  }

  /// `[+-]hh[:mm[:ss]]` in seconds; RFC 8536 allows 167 hours either way.
  mutating func time() -> Int? {
    let negative = take("-")
    if !negative { _ = take("+") }
    guard let hours = number(0...167) else { return nil }
    var seconds = hours * 3_600
    for unit in [60, 1] {
      guard take(":") else { break }
      guard let part = number(0...59) else { return nil }
      seconds += part * unit
    }
    return negative ? -seconds : seconds
  }

  mutating func instant() -> YearlyInstant? {
    guard let rule = rule() else { return nil }
    guard take("/") else { return YearlyInstant(rule: rule, time: 7_200) }
    return time().map { YearlyInstant(rule: rule, time: $0) }
  }

  private mutating func rule() -> YearlyInstant.Rule? {
    if take("J") { return number(1...365).map { .julian($0) } }
    guard take("M") else { return number(0...365).map { .ordinal($0) } }
    guard let month = number(1...12), take("."), let week = number(1...5), take("."),
      let weekday = number(0...6)
    else { return nil }
    return .weekday(month: month, week: week, weekday: weekday)
  }
}
