import Testing

@testable import Wire

@Suite struct ScannerTextTests {
  private static let escapes = Array(#""\/bfnrt"#.utf8)

  /// What the scanner must find, looked at byte by byte: the text up to the first quote that is not escaped.
  private static func plainly(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    var place = bytes.startIndex + 1
    while place < bytes.endIndex {
      let byte = bytes[place]
      if byte == 0x22 { break }
      if byte < 0x20 { return nil }
      if byte == 0x5C, place + 1 < bytes.endIndex, !escapes.contains(bytes[place + 1]) { return nil }
      place += byte == 0x5C ? 2 : 1
    }
    guard place < bytes.endIndex else { return nil }
    let text = bytes[bytes.startIndex + 1..<place]
    return String(validating: text, as: UTF8.self) == nil ? nil : text
  }

  /// Every special byte at every place of texts of all lengths around the eight bytes of one look.
  @Test func textsEndWhereTheyEndByteByByte() throws {
    var seen = 0
    for length in 0...20 {
      for place in 0...length {
        for special: [UInt8] in [
          [0x22], [0x5C, 0x6E], [0x5C, 0x22], [0x1F], [0x20], [0x7F], [0xC3, 0xA4], [0xFF],
        ] {
          var body = [UInt8](repeating: 0x61, count: length)
          body.insert(contentsOf: special, at: place)
          // The slice begins inside an array, so places and offsets differ.
          let all: [UInt8] = [0x20, 0x20, 0x20, 0x22] + body + [0x22, 0x2C, 0x22]
          let slice = all[3...]
          var scanner = JSONScanner(slice)
          let found = try? scanner.text()
          #expect(found?.slice == Self.plainly(slice), "length \(length), place \(place), \(special)")
          #expect(found == nil || found?.escaped == found?.slice.contains(0x5C))
          seen += 1
        }
      }
    }
    #expect(seen == 231 * 8)
  }

  @Test func randomBytesAreReadAsByteByByte() {
    let seed = UInt64.random(in: .min ... .max)
    var random = Generator(state: seed)
    let bytes: [UInt8] = [0x61, 0x7A, 0x21, 0x22, 0x5C, 0x1F, 0x20, 0x23, 0x5B, 0x5D, 0x7F, 0x80, 0xC3, 0xA4]
    for _ in 0..<20_000 {
      let count = Int(random.next() % 40)
      let body = (0..<count).map { _ in bytes[Int(random.next() >> 33) % bytes.count] }
      let all = [0x22] + body
      var scanner = JSONScanner(all[...])
      let (found, expected) = (try? scanner.stringBytes(), Self.plainly(all[...]))
      #expect((found == nil) == (expected == nil), "seed \(seed): \(all)")
      if expected?.contains(0x5C) == false { #expect(found == expected, "seed \(seed): \(all)") }
    }
  }

  private struct Generator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state
    }
  }
}
