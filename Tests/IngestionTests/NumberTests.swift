import Testing
import Wire

@testable import Ingestion

struct NumberTests {
  @Test(
    "six places, half away from zero",
    arguments: [
      ("91.3865182252614", 91_386_518), ("118.89835152828584", 118_898_352), ("0.0000005", 1),
      ("-0.0000005", -1), ("0.00000049999999999999999999999", 0), ("1e3", 1_000_000_000), (" 7 ", 7_000_000),
      ("+.5", 500_000), ("1E-7", 0), ("9223372036854.775807", .max), ("000000000000000000000012", 12_000_000),
      ("0", 0), ("0e999", 0),
    ] as [(String, Int64)])
  func plain(written: String, millionths: Int64) {
    #expect(ExactNumber(bytes(written))?.decimal?.millionths == millionths)
    #expect(written.contains(" ") || Decimal6(written)?.millionths == millionths)
  }

  @Test(
    "no number, or out of range",
    arguments: [
      "", " ", "-", ".", "1,5", "0x10", "1e", "NaN", "1.2.3", "1 2", "9223372036854.775808", "1e40",
    ])
  func refused(written: String) { #expect(ExactNumber(bytes(written))?.decimal == nil) }

  @Test(
    "a scale is applied before rounding, once",
    arguments: [
      ("1234567", "0.000001", "1.234567"), ("1234567.5", "0.000001", "1.234568"),
      ("0.4999999", "1000000", "499999.9"),
      ("1536", "0.0009765625", "1.5"), ("90", "-1", "-90"), ("9999999999999999999", "1e-12", "10000000"),
    ])
  func scaled(written: String, scale: String, expected: String) throws {
    let product = try #require(ExactNumber(bytes(written))) * #require(ExactNumber(bytes(scale)))
    #expect(product.decimal?.description == expected)
  }
}
