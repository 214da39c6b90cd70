import Testing
import Wire

/// The key is 00 01 ... 0f and message n is the bytes 00 01 ... n-1, as in the authors' vectors.
struct SipHashTests {
  static let key = SipHash.Key(low: 0x0706_0504_0302_0100, high: 0x0f0e_0d0c_0b0a_0908)

  static let narrow: [(Int, String)] = [
    (0, "310e0edd47db6f72"), (1, "fd67dc93c539f874"), (7, "37d1018bf50002ab"), (8, "6224939a79f5f593"),
    (9, "b0e4a90bdf82009e"), (15, "e545be4961ca29a1"), (16, "db9bc2577fcc2a3f"), (63, "724506eb4c328a95"),
  ]
  static let wide: [(Int, String)] = [
    (0, "a3817f04ba25a8e66df67214c7550293"), (1, "da87c1d86b99af44347659119b22fc45"),
    (7, "a1f1ebbed8dbc153c0b84aa61ff08239"), (8, "3b62a9ba6258f5610f83e264f31497b4"),
    (9, "264499060ad9baabc47f8b02bb6d71ed"), (15, "5493e99933b0a8117e08ec0f97cfc3d9"),
    (16, "6ee2a4ca67b054bbfd3315bf85230577"), (63, "5150d1772f50834a503e069a973fbd7c"),
  ]

  @Test("64 bits: the paper's example and the reference vectors", arguments: narrow)
  func narrowVectors(count: Int, expected: String) {
    #expect(hex(SipHash.hash64(message(count), key: Self.key)) == expected)
  }

  @Test("128 bits: the reference vectors", arguments: wide)
  func wideVectors(count: Int, expected: String) {
    let (low, high) = SipHash.hash128(message(count), key: Self.key)
    #expect(hex(low) + hex(high) == expected)
  }

  @Test("appendix A of the paper") func paper() {
    #expect(SipHash.hash64(message(15), key: Self.key) == 0xa129_ca61_49be_45e5)
  }

  @Test("the same bytes in any pieces give the same hash")
  func pieces() {
    let whole = message(63)
    let expected = SipHash.hash128(whole, key: Self.key)
    for first in 0...63 {
      for second in first...63 {
        var hash = SipHash(key: Self.key, wide: true)
        hash.update(whole[..<first])
        hash.update(whole[first..<second])
        hash.update(Array(whole[second...]).lazy.map { $0 })
        #expect(hash.final128() == expected, "cut at \(first) and \(second)")
      }
    }
  }

  private func message(_ count: Int) -> [UInt8] { (0..<count).map(UInt8.init) }

  private func hex(_ word: UInt64) -> String {
    withUnsafeBytes(of: word.littleEndian) { bytes in
      bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
  }
}
