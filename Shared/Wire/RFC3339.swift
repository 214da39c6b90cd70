/// Instants as text: RFC 3339 on the outside, microseconds since 1970-01-01 UTC within.
public enum RFC3339 {
  /// `2010-09-14T18:17:44Z`, with as many places of the second as are needed (none, or up to six).
  public static func text(micros: Int64) -> String {
    var bytes: [UInt8] = []
    append(micros: micros, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Appends an instant's text to a buffer.
  public static func append(micros: Int64, to bytes: inout [UInt8]) {
    let days = Day.floored(micros, Day.micros)
    let rest = Int(micros - days * Day.micros)
    Day(number: Int32(clamping: days)).append(to: &bytes)
    bytes.append(UInt8(ascii: "T"))
    bytes.append(digits: rest / 3_600_000_000, width: 2)
    bytes.append(UInt8(ascii: ":"))
    bytes.append(digits: rest / 60_000_000 % 60, width: 2)
    bytes.append(UInt8(ascii: ":"))
    bytes.append(digits: rest / 1_000_000 % 60, width: 2)
    if rest % 1_000_000 > 0 {
      bytes.append(UInt8(ascii: "."))
      bytes.append(digits: rest % 1_000_000, width: 6)
      while bytes.last == UInt8(ascii: "0") { bytes.removeLast() }
    }
    bytes.append(UInt8(ascii: "Z"))
  }

  /// Reads `2010-09-14T19:17:44.5+01:00` (RFC 3339, 5.6; also a space for the `T`); nil for anything else.
  ///
  /// Places of the second past the sixth are cut. A leap second (23:59:60 UTC) is read as the second after
  /// it. Without an offset the text is local time of `zone`, or refused when there is none.
  public static func micros(_ text: some Collection<UInt8>, zone: Zone? = nil) -> Int64? {
    let contiguous = text.withContiguousStorageIfAvailable { micros($0, zone: zone) }
    return contiguous ?? Array(text).withUnsafeBufferPointer { micros($0, zone: zone) }
  }

  private static func micros(_ text: UnsafeBufferPointer<UInt8>, zone: Zone?) -> Int64? {
    var reader = DigitReader(text)
    guard let local = localTime(&reader) else { return nil }
    if reader.isAtEnd {
      guard let zone, !local.isLeapSecond else { return nil }
      return zone.micros(local: local.micros)
    }
    guard let offset = offset(&reader), reader.isAtEnd else { return nil }
    let micros = local.micros - Int64(offset) * 1_000_000
    // A leap second is inserted at the end of a UTC day, so the next whole second begins one.
    if local.isLeapSecond, Day.floored(micros, 1_000_000) % Day.seconds != 0 { return nil }
    return micros
  }

  private static func localTime(_ reader: inout DigitReader) -> LocalTime? {
    guard let year = reader.number(width: 4), reader.take("-"), let month = reader.number(width: 2),
      reader.take("-"), let day = reader.number(width: 2),
      reader.take("T") || reader.take("t") || reader.take(" "),
      let hour = reader.number(width: 2), reader.take(":"), let minute = reader.number(width: 2),
      reader.take(":"), let second = reader.number(width: 2)
    else { return nil }
    var fraction = 0
    if reader.take(".") {
      guard let micros = reader.fraction() else { return nil }
      fraction = micros
    }
    guard let date = Day(year: year, month: month, day: day) else { return nil }
    return LocalTime(day: date, hour: hour, minute: minute, second: second, micros: fraction)
  }

  /// `Z` or `+01:00`, in seconds east of UTC.
  private static func offset(_ reader: inout DigitReader) -> Int? {
    if reader.take("Z") || reader.take("z") { return 0 }
    let west = reader.take("-")
    guard west || reader.take("+"), let hours = reader.number(width: 2), hours < 24, reader.take(":"),
      let minutes = reader.number(width: 2), minutes < 60
    else { return nil }
    return (west ? -1 : 1) * (hours * 3_600 + minutes * 60)
  }
}

/// A date and a time of day as a clock on the wall shows them.
public struct LocalTime: Sendable, Hashable {
  /// Microseconds from 1970-01-01 00:00 on that wall.
  public let micros: Int64
  /// Whether its second was written as 60 (the instant is then that of the second after it).
  public let isLeapSecond: Bool

  /// nil when a part is out of range; a second may be 60.
  public init?(day: Day, hour: Int, minute: Int, second: Int, micros: Int = 0) {
    guard (0...23).contains(hour), (0...59).contains(minute), (0...60).contains(second),
      (0...999_999).contains(micros)
    else { return nil }
    isLeapSecond = second == 60
    let seconds = Int64(day.number) * Day.seconds + Int64(hour * 3_600 + minute * 60 + second)
    self.micros = seconds * 1_000_000 + Int64(micros)
  }
}

/// Reads numbers of fixed width and single characters from text.
struct DigitReader {
  private let text: UnsafeBufferPointer<UInt8>
  private var index = 0

  init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

  var isAtEnd: Bool { index == text.count }

  /// Exactly `width` digits.
  @inline(__always)
  mutating func number(width: Int) -> Int? {
    var value = 0
    for _ in 0..<width {
      guard let digit = digit() else { return nil }
      value = value * 10 + digit
    }
    return value
  }

  @inline(__always)
  mutating func digit() -> Int? {
    guard index < text.count, text[index] >= 0x30, text[index] <= 0x39 else { return nil }
    index += 1
    return Int(text[index - 1] - 0x30)
  }

  /// At least one digit after a decimal point, as microseconds; those past the sixth are passed over.
  mutating func fraction() -> Int? {
    guard var value = digit() else { return nil }
    var places = 1
    while let digit = digit() {
      guard places < 6 else { continue }
      value = value * 10 + digit
      places += 1
    }
    while places < 6 {
      value *= 10
      places += 1
    }
    return value
  }

  /// Whether this character is next; it is passed over.
  @inline(__always)
  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard index < text.count, text[index] == UInt8(ascii: character) else { return false }
    index += 1
    return true
  }
}
