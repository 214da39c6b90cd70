/// FNV-1a of 64 bits (Fowler, Noll, Vo; offset basis and prime of the reference).
public enum FNV1a {
  public static func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    return hash
  }
}

/// How customers are spread over partitions (house.md 1).
public enum Partitioning {
  /// The default number of partitions, fixed when an installation is initialised.
  public static let countDefault = 64
  /// More partitions than this are refused.
  public static let countMax = 4_096
  /// The partition of a customer's UTF-8 id, or of any other key.
  @inline(__always)
  public static func partition(of key: some Sequence<UInt8>, count: Int) -> Int {
    let hash = FNV1a.hash(key)
    return Int(((hash >> 32) ^ (hash & 0xffff_ffff)) % UInt64(count))
  }

  /// The partition of a customer.
  public static func partition(of customer: String, count: Int) -> Int {
    partition(of: customer.utf8, count: count)
  }
}
