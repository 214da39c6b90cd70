/// SipHash-2-4 (Aumasson, Bernstein 2012): a keyed hash of 64 bits, or of 128 as in the authors' reference
/// code.
///
/// A streaming value: `update` any number of times, then one of the finals that belongs to its width.
public struct SipHash: Sendable {
  /// A key of 128 bits; bytes 0...7 are `low`, little-endian.
  public struct Key: Sendable, Hashable {
    public let low: UInt64
    public let high: UInt64
    public init(low: UInt64, high: UInt64) {
      self.low = low
      self.high = high
    }
  }

  private var v0, v1, v2, v3: UInt64
  /// Bytes that do not fill a word yet, the first one lowest.
  private var tail: UInt64 = 0
  private var tailBytes: UInt64 = 0
  private var total: UInt64 = 0
  private let wide: Bool

  /// Begins a hash of 64 bits, or of 128 when `wide`.
  public init(key: Key, wide: Bool = false) {
    v0 = 0x736f_6d65_7073_6575 ^ key.low
    v1 = 0x646f_7261_6e64_6f6d ^ key.high
    v2 = 0x6c79_6765_6e65_7261 ^ key.low
    v3 = 0x7465_6462_7974_6573 ^ key.high
    if wide { v1 ^= 0xee }
    self.wide = wide
  }

  /// Takes more bytes.
  public mutating func update(_ bytes: some Collection<UInt8>) {
    let done: Void? = bytes.withContiguousStorageIfAvailable { update(UnsafeRawBufferPointer($0)) }
    if done == nil { Array(bytes).withUnsafeBytes { update($0) } }
  }

  /// Takes more bytes.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    total &+= UInt64(bytes.count)
    var at = 0
    while at < bytes.count, tailBytes != 0 {
      take(bytes[at])
      at += 1
    }
    while at + 8 <= bytes.count {
      absorb(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)))
      at += 8
    }
    while at < bytes.count {
      take(bytes[at])
      at += 1
    }
  }

  @inline(__always)
  private mutating func take(_ byte: UInt8) {
    tail |= UInt64(byte) << (8 * tailBytes)
    tailBytes += 1
    guard tailBytes == 8 else { return }
    absorb(tail)
    tail = 0
    tailBytes = 0
  }

  @inline(__always)
  private mutating func absorb(_ word: UInt64) {
    v3 ^= word
    rounds(2)
    v0 ^= word
  }

  @inline(__always)
  private mutating func rounds(_ count: Int) {
    for _ in 0..<count {
      v0 &+= v1
      v1 = Self.rotate(v1, 13) ^ v0
      v0 = Self.rotate(v0, 32)
      v2 &+= v3
      v3 = Self.rotate(v3, 16) ^ v2
      v0 &+= v3
      v3 = Self.rotate(v3, 21) ^ v0
      v2 &+= v1
      v1 = Self.rotate(v1, 17) ^ v2
      v2 = Self.rotate(v2, 32)
    }
  }

  @inline(__always)
  private static func rotate(_ word: UInt64, _ bits: UInt64) -> UInt64 { word << bits | word >> (64 - bits) }

  private var sum: UInt64 { v0 ^ v1 ^ v2 ^ v3 }

  /// Ends a hash of 64 bits.
  public consuming func final64() -> UInt64 {
    precondition(!wide, "the hash was begun with 128 bits")
    absorb(tail | total << 56)
    v2 ^= 0xff
    rounds(4)
    return sum
  }

  /// Ends a hash of 128 bits; its bytes are those of `low` and then `high`, each little-endian.
  public consuming func final128() -> (low: UInt64, high: UInt64) {
    precondition(wide, "the hash was begun with 64 bits")
    absorb(tail | total << 56)
    v2 ^= 0xee
    rounds(4)
    let low = sum
    v1 ^= 0xdd
    rounds(4)
    return (low, sum)
  }

  /// The 64 bits of some bytes.
  public static func hash64(_ bytes: some Collection<UInt8>, key: Key) -> UInt64 {
    var hash = SipHash(key: key)
    hash.update(bytes)
    return hash.final64()
  }

  /// The 128 bits of some bytes.
  public static func hash128(_ bytes: some Collection<UInt8>, key: Key) -> (low: UInt64, high: UInt64) {
    var hash = SipHash(key: key, wide: true)
    hash.update(bytes)
    return hash.final128()
  }
}
