extension JSONScanner {
  /// The bytes between the quotes, as they stand, checked.
  @usableFromInline
  mutating func text() throws(JSONError) -> (slice: ArraySlice<UInt8>, escaped: Bool) {
    guard index < end, bytes[index] == UInt8(ascii: "\"") else { throw error("a string was expected") }
    index += 1
    let start = index
    var escaped = false
    var plain = true
    while true {
      index += plainBytes()
      guard index < end else { throw error("a string does not end") }
      let byte = bytes[index]
      if byte == UInt8(ascii: "\"") {
        let slice = bytes[start..<index]
        if !plain, String(validating: slice, as: UTF8.self) == nil { throw error("the text is not UTF-8") }
        index += 1
        return (slice, escaped)
      }
      if byte < 0x20 { throw error("a control character must be escaped") }
      if byte >= 0x80 { plain = false }
      if byte == UInt8(ascii: "\\") {
        escaped = true
        index += 1
      }
      index += 1
    }
  }

  /// How many bytes from here on are plain ASCII without quote and backslash, looked at eight at a time.
  ///
  /// A byte of `word` is marked in its high bit when it is 0x80 or more, below 0x20, a quote or a backslash;
  /// borrows may mark bytes behind a marked one, so only the first mark counts.
  @inline(__always)
  private func plainBytes() -> Int {
    bytes.withUnsafeBufferPointer { text in
      let ones: UInt64 = 0x0101_0101_0101_0101
      let high = ones &* 0x80
      let first = index - bytes.startIndex
      var place = first
      // Every load lies inside the text: eight bytes are left.
      while place + 8 <= text.count {
        let start = UnsafeRawPointer(text.baseAddress.unsafelyUnwrapped)
        let word = UInt64(littleEndian: start.loadUnaligned(fromByteOffset: place, as: UInt64.self))
        let quote = word ^ ones &* 0x22
        let backslash = word ^ ones &* 0x5C
        let below = (word &- ones &* 0x20) | (quote &- ones) | (backslash &- ones)
        let marks = (below | word) & high
        if marks != 0 { return place - first + marks.trailingZeroBitCount / 8 }
        place += 8
      }
      while place < text.count {
        let byte = text[place]
        if byte < 0x20 || byte >= 0x80 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { break }
        place += 1
      }
      return place - first
    }
  }

  @usableFromInline
  func unescape(_ slice: ArraySlice<UInt8>) throws(JSONError) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(slice.count)
    var at = slice.startIndex
    while at < slice.endIndex {
      let byte = slice[at]
      guard byte == UInt8(ascii: "\\") else {
        result.append(byte)
        at += 1
        continue
      }
      guard at + 1 < slice.endIndex else { throw error("an escape does not end") }
      at += 2
      switch slice[at - 1] {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(slice[at - 1])
      case UInt8(ascii: "b"): result.append(0x08)
      case UInt8(ascii: "f"): result.append(0x0C)
      case UInt8(ascii: "n"): result.append(0x0A)
      case UInt8(ascii: "r"): result.append(0x0D)
      case UInt8(ascii: "t"): result.append(0x09)
      case UInt8(ascii: "u"): result.append(contentsOf: String(try scalar(slice, &at)).utf8)
      default: throw error("an unknown escape")
      }
    }
    return result
  }

  /// The character of a `\u` escape; two halves of a pair become one, half a pair is refused.
  private func scalar(_ slice: ArraySlice<UInt8>, _ at: inout Int) throws(JSONError) -> Character {
    var code = try hexadecimal(slice, &at)
    if (0xD800..<0xDC00).contains(code), at + 1 < slice.endIndex, slice[at] == UInt8(ascii: "\\"),
      slice[at + 1] == UInt8(ascii: "u")
    {
      at += 2
      let low = try hexadecimal(slice, &at)
      guard (0xDC00..<0xE000).contains(low) else { throw error("half a surrogate pair") }
      code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(code) else { throw error("half a surrogate pair") }
    return Character(scalar)
  }

  private func hexadecimal(_ slice: ArraySlice<UInt8>, _ at: inout Int) throws(JSONError) -> UInt32 {
    guard at + 4 <= slice.endIndex else { throw error("an escape does not end") }
    var code: UInt32 = 0
    for byte in slice[at..<at + 4] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw error("an unknown escape")
      }
      code = code << 4 | UInt32(digit)
    }
    at += 4
    return code
  }
}
