import Wire

/// A count and an order-free checksum of entries: equal on both ends when each was taken exactly once.
public struct EntrySum: Sendable, Equatable {
  public private(set) var count: Int64 = 0
  public private(set) var sum: UInt64 = 0

  public init() {}

  public init(count: Int64, sum: UInt64) {
    self.count = count
    self.sum = sum
  }

  /// Adds one entry's bytes.
  public mutating func add(_ entry: ArraySlice<UInt8>) {
    count += 1
    // The buffer is contiguous and alive for the closure; every load lies inside it.
    sum &+= entry.withUnsafeBytes(Self.hash)
  }

  /// Other entries stand in the places of some: what the sum is more by.
  mutating func change(by change: UInt64) { sum = sum &+ change }

  /// Multiply and fold, eight bytes at a step: fast, not for adversaries.
  private static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var hash: UInt64 = 0x9e37_79b9_7f4a_7c15 &+ UInt64(bytes.count)
    var offset = 0
    while offset + 8 <= bytes.count {
      hash = mix(hash ^ bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
      offset += 8
    }
    var rest: UInt64 = 0
    while offset < bytes.count {
      rest = rest << 8 | UInt64(bytes[offset])
      offset += 1
    }
    return mix(hash ^ rest)
  }

  @inline(__always)
  private static func mix(_ value: UInt64) -> UInt64 {
    let product = value.multipliedFullWidth(by: 0xd6e8_feb8_6659_fd93)
    return product.high ^ product.low
  }
}
