import Wire

/// How a source writes times; compiled once from its name or pattern.
enum TimeFormat: Sendable, Hashable {
  /// RFC 3339; `local` allows to leave out the offset, the time is then the source's zone's.
  case rfc3339(local: Bool)
  /// A count since 1970-01-01 UTC in units of 10^-places seconds: 0, 3 or 6.
  case epoch(places: Int)
  /// RFC 3339 or local time, a day alone, or a count whose size says its unit.
  case automatic
  /// strptime's notation.
  case pattern([TimeToken])

  /// Longer patterns are refused, in bytes.
  static let bytesMax = 128

  /// What is used where a mapping names no format.
  static let standard = TimeFormat.rfc3339(local: true)

  /// `rfc3339`, `epoch_s`, `epoch_ms`, `epoch_us`, `auto`, or a pattern; throws what is wrong with it.
  init(_ text: String) throws(TimeFormatError) {
    switch text {
    case "rfc3339": self = .rfc3339(local: false)
    case "epoch_s": self = .epoch(places: 0)
    case "epoch_ms": self = .epoch(places: 3)
    case "epoch_us": self = .epoch(places: 6)
    case "auto": self = .automatic
    default: self = .pattern(try TimeToken.compile(text))
    }
  }

  /// Whether it says more than the day.
  var hasTimeOfDay: Bool {
    guard case .pattern(let tokens) = self else { return true }
    return tokens.contains { $0 == .hour24 || $0 == .hour12 }
  }

  /// The instant that a text says, in microseconds since 1970-01-01 UTC; nil when it is not of this format.
  ///
  /// `zone` is that of local times; what its clock jumps over or repeats is as in `Zone.micros(local:)`.
  func micros(_ text: ArraySlice<UInt8>, zone: Zone) -> Int64? {
    switch self {
    case .rfc3339(let local): RFC3339.micros(text, zone: local ? zone : nil)
    case .epoch(let places): Self.epoch(text, places: places)
    case .automatic: Self.automatic(text, zone)
    case .pattern(let tokens): TimeReader.micros(text, tokens, zone: zone)
    }
  }

  /// From here on a count is not of seconds (the year 5138), and not of milliseconds.
  private static let countsMax: [Int64] = [100_000_000_000, 100_000_000_000_000]
  /// `2026-09-24`.
  private static let dayBytes = 10

  private static func automatic(_ text: ArraySlice<UInt8>, _ zone: Zone) -> Int64? {
    if let instant = RFC3339.micros(text, zone: zone) { return instant }
    if text.count == dayBytes, let day = Day(String(decoding: text, as: UTF8.self)) {
      return zone.start(of: day)
    }
    guard let count = ExactNumber(text)?.units(places: 0) else { return nil }
    return epoch(text, places: 3 * countsMax.count { count.magnitude >= $0 })
  }

  /// Times of the years 0 to 9999 only, so that no later computation can overflow.
  private static let epochRange: ClosedRange<Int64> = -62_167_219_200_000_000...253_402_300_799_999_999

  private static func epoch(_ text: ArraySlice<UInt8>, places: Int) -> Int64? {
    guard let micros = ExactNumber(text)?.units(places: 6 - places), epochRange.contains(micros) else {
      return nil
    }
    return micros
  }
}

/// Why a time format was refused.
struct TimeFormatError: Error, Hashable, Sendable {
  let reason: String
}

/// One part of a strptime pattern.
enum TimeToken: Sendable, Hashable {
  case literal(UInt8)
  /// One or more spaces or tabs.
  case space
  case year, yearOfCentury, month, monthName, day, dayOfYear, weekdayName
  case hour24, hour12, half, minute, second, fraction
  /// `+0100`, `+01:00` or `Z`.
  case offset
  /// `UTC`, `GMT` or `Z`: other names are ambiguous.
  case zoneName

  private static let conversions: [UInt8: [TimeToken]] = [
    UInt8(ascii: "Y"): [.year], UInt8(ascii: "y"): [.yearOfCentury], UInt8(ascii: "m"): [.month],
    UInt8(ascii: "b"): [.monthName], UInt8(ascii: "B"): [.monthName], UInt8(ascii: "h"): [.monthName],
    UInt8(ascii: "d"): [.day], UInt8(ascii: "e"): [.day], UInt8(ascii: "j"): [.dayOfYear],
    UInt8(ascii: "a"): [.weekdayName], UInt8(ascii: "A"): [.weekdayName], UInt8(ascii: "H"): [.hour24],
    UInt8(ascii: "I"): [.hour12], UInt8(ascii: "p"): [.half], UInt8(ascii: "M"): [.minute],
    UInt8(ascii: "S"): [.second], UInt8(ascii: "f"): [.fraction], UInt8(ascii: "z"): [.offset],
    UInt8(ascii: "Z"): [.zoneName], UInt8(ascii: "%"): [.literal(UInt8(ascii: "%"))],
    UInt8(ascii: "F"): [.year, dash, .month, dash, .day],
    UInt8(ascii: "T"): [.hour24, colon, .minute, colon, .second],
    UInt8(ascii: "R"): [.hour24, colon, .minute],
    UInt8(ascii: "D"): [.month, slash, .day, slash, .yearOfCentury],
  ]
  private static let dash = TimeToken.literal(UInt8(ascii: "-"))
  private static let colon = TimeToken.literal(UInt8(ascii: ":"))
  private static let slash = TimeToken.literal(UInt8(ascii: "/"))

  static func compile(_ pattern: String) throws(TimeFormatError) -> [TimeToken] {
    guard pattern.utf8.count <= TimeFormat.bytesMax else {
      throw TimeFormatError(reason: "longer than \(TimeFormat.bytesMax) bytes")
    }
    var tokens: [TimeToken] = []
    var rest = Array(pattern.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == 0x20 || byte == 0x09 {
        if tokens.last != .space { tokens.append(.space) }
      } else if byte == UInt8(ascii: "%") {
        guard let letter = rest.popFirst(), let parts = conversions[letter] else {
          throw TimeFormatError(reason: "\(pattern) has an unknown conversion after %")
        }
        tokens += parts
      } else {
        tokens.append(.literal(byte))
      }
    }
    try check(tokens, pattern)
    return tokens
  }

  private static func check(_ tokens: [TimeToken], _ pattern: String) throws(TimeFormatError) {
    let found = Set(tokens)
    let year = found.contains(.year) || found.contains(.yearOfCentury)
    let month = found.contains(.month) || found.contains(.monthName)
    guard year, found.contains(.dayOfYear) || month && found.contains(.day) else {
      throw TimeFormatError(reason: "\(pattern) is no format name and lacks a year, month or day")
    }
    guard found.contains(.hour12) == found.contains(.half) else {
      throw TimeFormatError(reason: "\(pattern) needs both %I and %p, or %H")
    }
  }
}
