/// An exact decimal with six places, held as a whole number of millionths.
///
/// Range: ±9,223,372,036,854.775807. Money, megabytes, seconds and scores all fit (domain.md 2: scale 6).
public struct Decimal6: Hashable, Comparable, Sendable {
  /// The value in millionths.
  public var millionths: Int64

  /// How many millionths make one.
  public static let one: Int64 = 1_000_000
  /// The number of places.
  public static let scale = 6
  /// Nothing.
  public static let zero = Decimal6(millionths: 0)

  /// Takes a count of millionths as it is.
  @inlinable public init(millionths: Int64) { self.millionths = millionths }

  /// A whole number; nil when it does not fit.
  public init?(exactly whole: Int64) {
    let (product, overflow) = whole.multipliedReportingOverflow(by: Self.one)
    if overflow { return nil }
    millionths = product
  }

  /// A whole number that is known to fit.
  @inlinable public init(_ whole: Int) { millionths = Int64(whole) * Self.one }

  @inlinable public static func < (left: Decimal6, right: Decimal6) -> Bool {
    left.millionths < right.millionths
  }
  @inlinable public static func + (left: Decimal6, right: Decimal6) -> Decimal6 {
    Decimal6(millionths: left.millionths + right.millionths)
  }
  @inlinable public static func - (left: Decimal6, right: Decimal6) -> Decimal6 {
    Decimal6(millionths: left.millionths - right.millionths)
  }
  @inlinable public static func += (left: inout Decimal6, right: Decimal6) { left = left + right }
  @inlinable public static func -= (left: inout Decimal6, right: Decimal6) { left = left - right }

  /// The product of two decimals divided by a third, rounded half up (away from zero below it) at `places`.
  ///
  /// Computed in 128 bits; nil when the divisor is 0 or the result does not fit.
  public func scaled(by factor: Decimal6, over divisor: Decimal6, places: Int = scale) -> Decimal6? {
    guard divisor.millionths != 0, (0...Self.scale).contains(places) else { return nil }
    let unit = Int128(Self.power(Self.scale - places))
    let numerator = Int128(millionths) * Int128(factor.millionths)
    let denominator = Int128(divisor.millionths) * unit
    let sign: Int128 = (numerator < 0) == (denominator < 0) ? 1 : -1
    let rounded = (2 * numerator.magnitude + denominator.magnitude) / (2 * denominator.magnitude)
    return Int64(exactly: sign * Int128(rounded) * unit).map(Decimal6.init(millionths:))
  }

  /// The nearest value with `places` places, half up (away from zero below it).
  public func rounded(places: Int) -> Decimal6 {
    scaled(by: Decimal6(1), over: Decimal6(1), places: places) ?? self
  }

  static func power(_ exponent: Int) -> Int64 {
    var result: Int64 = 1
    for _ in 0..<exponent { result *= 10 }
    return result
  }
}

extension Decimal6: CustomStringConvertible {
  /// Plain notation, at most six places, no trailing zeros: the form that travels.
  public var description: String {
    var bytes: [UInt8] = []
    append(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Appends the plain notation to a buffer.
  public func append(to bytes: inout [UInt8]) {
    let magnitude = millionths.magnitude
    if millionths < 0 { bytes.append(UInt8(ascii: "-")) }
    bytes.append(decimal: magnitude / UInt64(Self.one))
    var fraction = magnitude % UInt64(Self.one)
    guard fraction > 0 else { return }
    bytes.append(UInt8(ascii: "."))
    var unit = UInt64(Self.one) / 10
    while fraction > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(fraction / unit))
      fraction %= unit
      unit /= 10
    }
  }
}

extension Decimal6 {
  /// Reads a number in JSON's notation, with or without exponent (also a leading `+`, and `.5`).
  ///
  /// More than six places are rounded half away from zero; nil when it is no number or does not fit.
  public init?(text: some Collection<UInt8>) {
    var digits = DecimalDigits()
    guard digits.read(text), let value = digits.value else { return nil }
    millionths = value
  }

  /// Reads a number from text; see `init(text:)`.
  public init?(_ text: String) { self.init(text: text.utf8) }
}

/// The parts of a decimal number while it is read.
private struct DecimalDigits {
  var negative = false
  var magnitude: UInt64 = 0
  var exponent = 0
  var seen = false
  /// Exponents past this are out of range in any case.
  static let exponentMax = 400

  mutating func read(_ text: some Collection<UInt8>) -> Bool {
    var rest = text[...]
    if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
      negative = sign == UInt8(ascii: "-")
      rest = rest.dropFirst()
    }
    var point = false
    while let byte = rest.first, byte != UInt8(ascii: "e"), byte != UInt8(ascii: "E") {
      rest = rest.dropFirst()
      if byte == UInt8(ascii: "."), !point {
        point = true
        continue
      }
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return false }
      guard take(byte - UInt8(ascii: "0"), afterPoint: point) else { return false }
    }
    return seen && (rest.isEmpty || readExponent(rest.dropFirst()))
  }

  /// Takes one digit; past 18 significant ones the rest only moves the exponent (or is beyond rounding).
  private mutating func take(_ digit: UInt8, afterPoint: Bool) -> Bool {
    seen = true
    if magnitude < 100_000_000_000_000_000 * 10 {
      magnitude = magnitude * 10 + UInt64(digit)
      if afterPoint { exponent -= 1 }
    } else if !afterPoint {
      exponent += 1
    }
    return true
  }

  private mutating func readExponent(_ text: some Collection<UInt8>) -> Bool {
    var rest = text[...]
    var sign = 1
    if let first = rest.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
      sign = first == UInt8(ascii: "-") ? -1 : 1
      rest = rest.dropFirst()
    }
    guard !rest.isEmpty else { return false }
    var number = 0
    for byte in rest {
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return false }
      number = min(number * 10 + Int(byte - UInt8(ascii: "0")), Self.exponentMax)
    }
    exponent += sign * number
    return true
  }

  var value: Int64? {
    let shift = exponent + Decimal6.scale
    var result = magnitude
    if magnitude == 0 { return 0 }
    if shift >= 0 {
      guard shift <= 18 else { return nil }
      let (product, overflow) = result.multipliedReportingOverflow(by: UInt64(Decimal6.power(shift)))
      if overflow { return nil }
      result = product
    } else {
      guard -shift <= 19 else { return 0 }
      let divisor: UInt64 = -shift == 19 ? 10_000_000_000_000_000_000 : UInt64(Decimal6.power(-shift))
      let remainder = result % divisor
      result = result / divisor + (remainder >= divisor - remainder ? 1 : 0)
    }
    guard result <= UInt64(Int64.max) else { return nil }
    return negative ? -Int64(result) : Int64(result)
  }
}
