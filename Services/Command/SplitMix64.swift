/// A small random generator whose numbers depend on nothing but its seed (Steele, Lea, Flood 2014).
struct SplitMix64: Sendable {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A whole number from 0 to one below `limit`; its slight unevenness does not matter for examples.
  mutating func below(_ limit: Int) -> Int { Int(next() >> 11) % max(limit, 1) }

  /// A number from 0 to below 1.
  mutating func fraction() -> Double { Double(next() >> 11) / Double(1 << 53) }

  /// Whether something with this chance happens.
  mutating func chance(_ part: Double) -> Bool { fraction() < part }
}
