import Support
import Testing
import Wire

@Suite struct NumberTests {
  @Test(arguments: [
    ("0", "0"), ("-0", "0"), ("1", "1"), ("-12.5", "-12.5"), ("0.000001", "0.000001"), ("1e3", "1000"),
    ("1.5E-3", "0.0015"), ("91.3865182252614", "91.386518"), ("118.89835152828584", "118.898352"),
    ("9223372036854.775807", "9223372036854.775807"), ("0.0000005", "0.000001"), ("-0.0000005", "-0.000001"),
    ("1e-30", "0"),
  ])
  func decimalsAreExact(_ text: String, _ shown: String) {
    #expect(Decimal6(text)?.description == shown)
  }

  @Test(arguments: ["", "-", "1e", "a", "1..2", "9223372036854.775808", "1e13", "--1", "1e999999999999"])
  func whatIsNoDecimalIsRefused(_ text: String) { #expect(Decimal6(text) == nil) }

  @Test func decimalsRoundTripAndScale() {
    let seed = UInt64.random(in: 0..<1_000_000)
    print("decimal seed: \(seed)")
    var random = SeededGenerator(seed: seed)
    for _ in 0..<5_000 {
      let value = Decimal6(millionths: Int64.random(in: -(1 << 60)...(1 << 60), using: &random))
      #expect(Decimal6(value.description) == value)
    }
    #expect(Decimal6(2).scaled(by: Decimal6(30), over: Decimal6(50), places: 2) == Decimal6("1.2"))
    #expect(Decimal6(1).scaled(by: Decimal6(1), over: Decimal6(3), places: 2) == Decimal6("0.33"))
    #expect(Decimal6(1).scaled(by: Decimal6(1), over: .zero) == nil)
    #expect(Decimal6("0.125")?.rounded(places: 2) == Decimal6("0.13"))
  }

  @Test func partitionsAreThoseOfThePage() {
    let expected = ["C-1": 45, "00186705257": 29, "müller": 20, "7610039694": 28]
    for (customer, partition) in expected {
      #expect(Partitioning.partition(of: customer, count: 64) == partition)
    }
  }

  @Test func packedRowsRoundTripAndDamageThrows() throws {
    var writer = PackedWriter()
    writer.signed(.min)
    writer.unsigned(.max)
    writer.text("ü")
    writer.optional(Optional<String>.none) { $0.text($1) }
    writer.array([1, 2, 300]) { $0.signed($1) }
    func read(_ bytes: [UInt8]) throws -> (Int64, UInt64, String, String?, [Int64]) {
      var reader = PackedReader(bytes)
      let result = (
        try reader.signed(), try reader.unsigned(), try reader.text(),
        try reader.optional { (reader) throws(PackedError) in try reader.text() },
        try reader.array { (reader) throws(PackedError) in try reader.signed() }
      )
      #expect(reader.isAtEnd)
      return result
    }
    let (a, b, c, d, e) = try read(writer.bytes)
    #expect(a == .min && b == .max && c == "ü" && d == nil && e == [1, 2, 300])
    for length in 0..<writer.bytes.count {
      #expect(throws: PackedError.self) { try read(Array(writer.bytes.prefix(length))) }
    }
  }
}
