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

  /// Reads JSON's notation, also with a leading `+` or without a digit before the point; spaces around it
  /// pass.
  init?(_ text: ArraySlice<UInt8>) {
    var rest = text
    while let byte = rest.last, byte == 0x20 || byte == 0x09 { rest.removeLast() }
    while let byte = rest.first, byte == 0x20 || byte == 0x09 { rest.removeFirst() }
    let negative = rest.first == UInt8(ascii: "-")
    if negative || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
    guard readDigits(&rest), rest.isEmpty || readExponent(rest) else { return nil }
    if negative { mantissa = -mantissa }
  }

  private mutating func readDigits(_ rest: inout ArraySlice<UInt8>) -> Bool {
    var digits = 0
    var point = false
    var seen = false
    while let byte = rest.first, byte | 0x20 != UInt8(ascii: "e") {
      rest.removeFirst()
      if byte == UInt8(ascii: "."), !point {
        point = true
        continue
      }
      guard byte >= 0x30, byte <= 0x39 else { return false }
      seen = true
      if digits < Self.digitsMax {
        mantissa = mantissa * 10 + Int128(byte - 0x30)
        if mantissa != 0 { digits += 1 }
        if point { exponent -= 1 }
      } else if !point {
        exponent += 1
      }
    }
    return seen
  }

  private mutating func readExponent(_ text: ArraySlice<UInt8>) -> Bool {
    var rest = text.dropFirst()
    let negative = rest.first == UInt8(ascii: "-")
    if negative || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
    guard !rest.isEmpty else { return false }
    var number = 0
    for byte in rest {
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

  /// The number in units of 10^-places, rounded half away from zero; nil when it does not fit.
  func units(places: Int) -> Int64? {
    let shift = exponent + places
    if mantissa == 0 || shift < -38 { return 0 }
    if shift >= 0 {
      guard shift <= 19 else { return nil }
      let (product, overflow) = mantissa.multipliedReportingOverflow(by: Self.power(shift))
      return overflow ? nil : Int64(exactly: product)
    }
    let divisor = Self.power(-shift)
    let (quotient, remainder) = mantissa.quotientAndRemainder(dividingBy: divisor)
    let up = remainder.magnitude >= divisor.magnitude - remainder.magnitude
    return Int64(exactly: quotient + (up ? mantissa.signum() : 0))
  }

  /// The number with six places, rounded half away from zero; nil when it does not fit.
  var decimal: Decimal6? { units(places: Decimal6.scale).map(Decimal6.init(millionths:)) }

  private static func power(_ exponent: Int) -> Int128 {
    var result: Int128 = 1
    for _ in 0..<exponent { result *= 10 }
    return result
  }
}
