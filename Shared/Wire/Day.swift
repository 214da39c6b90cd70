/// A calendar day, counted from 1970-01-01 in the proleptic Gregorian calendar, without a zone.
///
/// Its text, also in JSON, is `2010-09-14`.
public struct Day: Hashable, Sendable {
  /// Days since 1970-01-01; below 0 before it.
  public var number: Int32

  /// Takes a count of days since 1970-01-01.
  public init(number: Int32) { self.number = number }

  /// Microseconds in a day.
  public static let micros: Int64 = 86_400_000_000
  /// Seconds in a day.
  public static let seconds: Int64 = 86_400
  /// Years outside of these are refused (their text would not have four digits).
  public static let years = 0...9999

  /// The day with this date; nil when there is no such date.
  public init?(year: Int, month: Int, day: Int) {
    guard Self.years.contains(year), (1...12).contains(month), day >= 1,
      day <= Self.count(ofMonth: month, year: year)
    else { return nil }
    number = Int32(Self.number(year: year, month: month, day: day))
  }

  /// Whether a year has a 29 February.
  public static func isLeap(_ year: Int) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }

  /// How many days a month (1...12) has.
  public static func count(ofMonth month: Int, year: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Days from 1970-01-01 to a date that is known to exist.
  ///
  /// Years are counted from March, so that the leap day is the last of its year: then day 306 is 1 January,
  /// and the months' lengths follow `(153 m + 2) / 5`.
  static func number(year: Int, month: Int, day: Int) -> Int {
    let march = month > 2 ? month - 3 : month + 9
    let shifted = month > 2 ? year : year - 1
    let era = floored(shifted, 400)
    let within = shifted - era * 400
    let dayOfYear = (153 * march + 2) / 5 + day - 1
    return era * daysPerEra + within * 365 + within / 4 - within / 100 + dayOfYear - daysToEpoch
  }

  /// Days in 400 Gregorian years, after which dates and weekdays repeat.
  static let daysPerEra = 146_097
  /// Days from 0000-03-01 to 1970-01-01.
  private static let daysToEpoch = 719_468

  /// Year, month (1...12) and day of the month (1...31).
  public var date: (year: Int, month: Int, day: Int) {
    let sinceEra = Int(number) + Self.daysToEpoch
    let era = Self.floored(sinceEra, Self.daysPerEra)
    let inEra = sinceEra - era * Self.daysPerEra
    let within = (inEra - inEra / 1_460 + inEra / 36_524 - inEra / 146_096) / 365
    let dayOfYear = inEra - (365 * within + within / 4 - within / 100)
    let march = (5 * dayOfYear + 2) / 153
    let month = march < 10 ? march + 3 : march - 9
    return (within + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * march + 2) / 5 + 1)
  }

  public var year: Int { date.year }
  /// 1...12.
  public var month: Int { date.month }
  /// 1...31.
  public var day: Int { date.day }

  /// 0 is Sunday, 6 is Saturday; 1970-01-01 was a Thursday.
  public var weekday: Int {
    let shifted = (Int(number) + 4) % 7
    return shifted < 0 ? shifted + 7 : shifted
  }

  /// Division that rounds down, also below 0.
  @inline(__always)
  static func floored<Number: BinaryInteger>(_ value: Number, _ divisor: Number) -> Number {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}

extension Day: Strideable {
  public static func < (left: Day, right: Day) -> Bool { left.number < right.number }
  /// Days from this one to another.
  public func distance(to other: Day) -> Int { Int(other.number) - Int(number) }
  /// The day that is so many days later (earlier below 0).
  public func advanced(by days: Int) -> Day { Day(number: Int32(clamping: Int(number) + days)) }
  /// The day that is so many days later.
  public static func + (day: Day, days: Int) -> Day { day.advanced(by: days) }
  /// The day that is so many days earlier.
  public static func - (day: Day, days: Int) -> Day { day.advanced(by: -days) }
  /// Days from the right one to the left one.
  public static func - (left: Day, right: Day) -> Int { right.distance(to: left) }

  /// The same date so many months later; a date that is not there becomes its month's last (31 Jan -> 28
  /// Feb).
  public func adding(months: Int) -> Day {
    let (year, month, day) = date
    let index = year * 12 + month - 1 + months
    let target = Self.floored(index, 12)
    let monthThere = index - target * 12 + 1
    let last = Self.count(ofMonth: monthThere, year: target)
    return Day(number: Int32(clamping: Self.number(year: target, month: monthThere, day: min(day, last))))
  }
}

extension Day: CustomStringConvertible {
  /// The length of a day's text in bytes.
  public static let textBytes = 10

  /// `2010-09-14`.
  public var description: String {
    var bytes: [UInt8] = []
    append(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Appends `2010-09-14` to a buffer.
  public func append(to bytes: inout [UInt8]) {
    let (year, month, day) = date
    bytes.append(digits: year, width: 4)
    bytes.append(UInt8(ascii: "-"))
    bytes.append(digits: month, width: 2)
    bytes.append(UInt8(ascii: "-"))
    bytes.append(digits: day, width: 2)
  }

  /// Reads exactly `2010-09-14`; nil for anything else, also a date that does not exist.
  public init?(text: some Collection<UInt8>) {
    let contiguous = text.withContiguousStorageIfAvailable { Day($0) }
    guard let day = contiguous ?? Array(text).withUnsafeBufferPointer({ Day($0) }) else { return nil }
    self = day
  }

  private init?(_ text: UnsafeBufferPointer<UInt8>) {
    var reader = DigitReader(text)
    guard let year = reader.number(width: 4), reader.take("-"), let month = reader.number(width: 2),
      reader.take("-"), let day = reader.number(width: 2), reader.isAtEnd
    else { return nil }
    self.init(year: year, month: month, day: day)
  }

  /// Reads exactly `2010-09-14`.
  public init?(_ text: String) { self.init(text: text.utf8) }
}

extension Day: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let day = Day(try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a date like 2010-09-14")
    }
    self = day
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

extension [UInt8] {
  /// Appends a number that is not below 0 with leading zeros; more digits than `width` are cut on the left.
  mutating func append(digits value: Int, width: Int) {
    var unit = 1
    for _ in 1..<width { unit *= 10 }
    while unit > 0 {
      append(UInt8(ascii: "0") + UInt8(value / unit % 10))
      unit /= 10
    }
  }
}
