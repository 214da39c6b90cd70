import Synchronization

/// Makes request ids in the form of a UUID (version 8): a random half for the asker, then a counter.
struct RequestID: ~Copyable {
  private let random: UInt64
  private let counter: Atomic<UInt64>

  init(random: UInt64, start: UInt64) {
    self.random = random
    counter = Atomic(start)
  }

  /// Length of the text.
  private static let bytes = 36

  /// The next id, unlike all others of this asker until 2^60 are given.
  borrowing func next() -> String {
    let number = counter.wrappingAdd(1, ordering: .relaxed).oldValue
    // Version 8 in the 13th digit and variant 2 in the 17th (RFC 9562, 5.8).
    let first = random & ~0xF000 | 0x8000
    let second = number & ~(0xF << 60) | 0x8 << 60
    // Writes exactly the bytes that it says: 32 digits and 4 dashes.
    return String(unsafeUninitializedCapacity: Self.bytes) { text in
      var place = 0
      for digit in 0..<32 {
        if digit == 8 || digit == 12 || digit == 16 || digit == 20 {
          text[place] = UInt8(ascii: "-")
          place += 1
        }
        text[place] = Self.digit((digit < 16 ? first : second) >> UInt64(60 - 4 * (digit % 16)))
        place += 1
      }
      return place
    }
  }

  private static func digit(_ value: UInt64) -> UInt8 {
    let value = UInt8(truncatingIfNeeded: value & 15)
    return value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }
}
