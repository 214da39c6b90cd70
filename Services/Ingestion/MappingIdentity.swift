import Wire

extension Mapping {
  /// The key of the hash that names records without an id: the ASCII text `laurel-record-id`.
  ///
  /// It is fixed for ever: another one would make every record of such a source new.
  static let identityKey = SipHash.Key(low: 0x722d_6c65_7275_616c, high: 0x6469_2d64_726f_6365)

  /// The hash as far as the source's name and the zero byte after it.
  static func identityStart(of name: String) -> SipHash {
    var hash = SipHash(key: identityKey, wide: true)
    hash.update(Array(name.utf8) + [0])
    return hash
  }

  /// The id of a record of a source without ids: SipHash-2-4-128 of the source's name, a zero byte and the
  /// whole record without its line end, as 32 hexadecimal digits.
  func identity(of record: ArraySlice<UInt8>) -> String {
    var hash = identityStart
    record.withUnsafeBytes { hash.update($0) }
    let (low, high) = hash.final128()
    return String(unsafeUninitializedCapacity: 32) { digits in
      Self.write(low, to: digits, at: 0)
      Self.write(high, to: digits, at: 16)
      return 32
    }
  }

  /// The word's bytes in little-endian order, two digits each.
  private static func write(_ word: UInt64, to digits: UnsafeMutableBufferPointer<UInt8>, at start: Int) {
    for index in 0..<8 {
      let byte = UInt8(truncatingIfNeeded: word >> (8 * UInt64(index)))
      digits[start + 2 * index] = digit(byte >> 4)
      digits[start + 2 * index + 1] = digit(byte & 15)
    }
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }
}
