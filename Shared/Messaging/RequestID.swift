import Synchronization

/// Makes request ids in the form of a UUID (version 8): a random half for the asker, then a counter.
struct RequestID: ~Copyable {
  private let prefix: [UInt8]
  private let counter: Atomic<UInt64>

  init(random: UInt64, start: UInt64) {
    var text: [UInt8] = []
    for place in 0..<16 {
      if place == 8 || place == 12 { text.append(UInt8(ascii: "-")) }
      text.append(place == 12 ? UInt8(ascii: "8") : Self.digit(random >> UInt64(4 * place)))
    }
    prefix = text + Array("-8".utf8)
    counter = Atomic(start)
  }

  /// The next id, unlike all others of this asker until 2^60 are given.
  borrowing func next() -> String {
    let number = counter.wrappingAdd(1, ordering: .relaxed).oldValue
    var text = prefix
    for place in 0..<15 {
      if place == 3 { text.append(UInt8(ascii: "-")) }
      text.append(Self.digit(number >> UInt64(4 * (14 - place))))
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static func digit(_ value: UInt64) -> UInt8 {
    let value = UInt8(truncatingIfNeeded: value & 15)
    return value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }
}
