import Wire

/// A decimal number as it is written: up to 19 significant digits and a power of ten.
///
/// It is there so that a scale is applied before anything is rounded.
struct ExactNumber: Sendable, Hashable {
  /// Digits past these do not change a number that is rounded at six places.
  static let digitsMax = 19
  /// Exponents past this are out of range in any case.
  static let exponentMax = 400

  private(set) var mantissa: Int128 = 0
  private(set) var exponent = 0

  init(mantissa: Int128, exponent: Int) {
    self.mantissa = mantissa
    self.exponent = exponent
  }

  /// Reads JSON's notation, also with a leading `+` or without a digit before the point; spaces around it
  /// pass.
  init?(_ text: ArraySlice<UInt8>) {
    guard text.withUnsafeBufferPointer({ read($0) }) else { return nil }
  }

  private mutating func read(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    var at = 0
    var end = text.count
    while end > at, text[end - 1] == 0x20 || text[end - 1] == 0x09 { end -= 1 }
    while at < end, text[at] == 0x20 || text[at] == 0x09 { at += 1 }
    let negative = at < end && text[at] == UInt8(ascii: "-")
    if negative || at < end && text[at] == UInt8(ascii: "+") { at += 1 }
    guard let magnitude = readDigits(text, &at, end), at == end || readExponent(text, at, end) else {
      return false
    }
    mantissa = negative ? -Int128(magnitude) : Int128(magnitude)
    return true
  }

  private mutating func readDigits(
    _ text: UnsafeBufferPointer<UInt8>, _ at: inout Int, _ end: Int
  ) -> UInt64? {
    var magnitude: UInt64 = 0  // 19 digits fit
    var digits = 0
    var point = false
    var seen = false
    while at < end, text[at] | 0x20 != UInt8(ascii: "e") {
      let byte = text[at]
      at += 1
      if byte == UInt8(ascii: "."), !point {
        point = true
        continue
      }
      guard byte >= 0x30, byte <= 0x39 else { return nil }
      seen = true
      if digits < Self.digitsMax {
        magnitude = magnitude * 10 + UInt64(byte - 0x30)
        if magnitude != 0 { digits += 1 }
        if point { exponent -= 1 }
      } else if !point {
        exponent += 1
      }
    }
    return seen ? magnitude : nil
  }

  private mutating func readExponent(_ text: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) -> Bool {
    var at = start + 1
    let negative = at < end && text[at] == UInt8(ascii: "-")
    if negative || at < end && text[at] == UInt8(ascii: "+") { at += 1 }
    guard at < end else { return false }
    var number = 0
    for byte in text[at..<end] {
      guard byte >= 0x30, byte <= 0x39 else { return false }
      number = min(number * 10 + Int(byte - 0x30), Self.exponentMax)
    }
    exponent += negative ? -number : number
    return true
  }

  /// The product, exact: two mantissas of 19 digits fit into 128 bits.
  static func * (left: ExactNumber, right: ExactNumber) -> ExactNumber {
    var product = left
    product.mantissa *= right.mantissa
    product.exponent += right.exponent
    return product
  }

  /// The product, or nil when it does not fit.
  func times(_ other: ExactNumber) -> ExactNumber? {
    let (product, overflow) = mantissa.multipliedReportingOverflow(by: other.mantissa)
    return overflow ? nil : ExactNumber(mantissa: product, exponent: exponent + other.exponent)
  }

  /// The number in units of 10^-places, rounded half away from zero; nil when it does not fit.
  func units(places: Int) -> Int64? {
    let shift = exponent + places
    if mantissa == 0 || shift < -38 { return 0 }
    if let small = Int64(exactly: mantissa), shift < 0, shift >= -18 {
      return Self.rounded(small, by: Self.smallPower(-shift))
    }
    if shift >= 0 {
      guard shift <= 19 else { return nil }
      let (product, overflow) = mantissa.multipliedReportingOverflow(by: Self.power(shift))
      return overflow ? nil : Int64(exactly: product)
    }
    return Int64(exactly: Self.rounded(mantissa, by: Self.power(-shift)))
  }

  /// The quotient, half away from zero.
  private static func rounded<Number: FixedWidthInteger & SignedInteger>(
    _ value: Number, by divisor: Number
  ) -> Number {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    let up = remainder.magnitude >= divisor.magnitude - remainder.magnitude
    return up ? quotient + value.signum() : quotient
  }

  /// A power of ten of at most 18 zeros.
  private static func smallPower(_ exponent: Int) -> Int64 {
    var result: Int64 = 1
    for _ in 0..<exponent { result *= 10 }
    return result
  }

  /// The number with six places, rounded half away from zero; nil when it does not fit.
  var decimal: Decimal6? { units(places: Decimal6.scale).map(Decimal6.init(millionths:)) }

  private static func power(_ exponent: Int) -> Int128 {
    var result: Int128 = 1
    for _ in 0..<exponent { result *= 10 }
    return result
  }
}
