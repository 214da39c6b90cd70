import Wire

/// A simulated customer's nature: a pure function of the seed and the customer's number.
///
/// The shares are invented: they are chosen so that every kind of behaviour that the rules of the programme
/// speak of occurs among a thousand customers, not measured at an operator.
struct Subscriber: Sendable, Hashable {
  enum Usage: Int, Sendable { case heavy, regular, light, rare }
  enum AppUse: Int, Sendable { case none, casual, regular, keen }
  enum Payer: Sendable { case punctual, late, forgetful }
  enum Tier: String, Sendable { case basic, standard, premium }

  /// A time without any activity; days are counted from the run's first, 0.
  struct Silence: Sendable, Hashable {
    /// The usage fades over so many days before.
    let fading: Int
    let first: Int
    /// The day of the return; nil for who stays away.
    let back: Int?

    func holds(_ day: Int) -> Bool { day >= first && day < back ?? .max }
  }

  let seed: UInt64
  /// From 0.
  let number: Int
  /// `C-1001` for number 0.
  let id: String
  let usage: Usage
  let app: AppUse
  let isPostpaid: Bool
  let payer: Payer
  /// Whether instalments for a device come with a bill of their own.
  let paysDevice: Bool
  /// The day of activation; below 0 for who was there before the run.
  let joined: Int
  let silence: Silence?
  /// The days of a journey abroad.
  let trip: Range<Int>?
  let cell: Int
  let tier: Tier
  /// The day on which the plan becomes a premium one.
  let upgrade: Int?
  /// Whether the warehouse knows this customer.
  let isCovered: Bool
  /// Whether an activation is recorded. Of who was there before the run the warehouse knows the age instead,
  /// and for most of those that it does not cover nobody does.
  let hasActivation: Bool
  /// Days between two recommendations; 0 for who makes none.
  let referralPause: Int
  /// The day on which the bundle renews itself from then on; nil for who does not want that.
  let autoRenew: Int?
  /// The profile's completeness in the beginning, in percent.
  let profile: Int
  /// The day on which it becomes 100.
  let completion: Int?

  /// So many cells the network has.
  static let cells = 40
  /// Nobody joined longer ago, in days.
  static let tenureMax = 1_500
  private static let usageShares = [15, 35, 35, 15]
  private static let appShares = [20, 35, 30, 15]

  init(seed: UInt64, number: Int) {
    var random = SplitMix64(seed: seed, number, -1, 0)
    self.seed = seed
    self.number = number
    id = "C-\(1_001 + number)"
    usage = Usage(rawValue: random.pick(Self.usageShares)) ?? .regular
    app = AppUse(rawValue: random.pick(Self.appShares)) ?? .none
    isPostpaid = random.chance(usage == .heavy ? 0.5 : 0.35)
    payer = [.punctual, .late, .forgetful][random.pick([75, 15, 10])]
    paysDevice = isPostpaid && random.chance(0.4)
    joined = random.chance(0.25) ? random.below(20) : -1 - random.below(Self.tenureMax)
    silence = Self.silence(&random)
    trip = random.chance(0.08) ? Self.trip(&random) : nil
    cell = random.below(Self.cells)
    tier = [.basic, .standard, .premium][random.pick(usage == .heavy ? [15, 60, 25] : [55, 40, 5])]
    let wishes = usage == .heavy ? 0.45 : 0.05
    upgrade = random.chance(wishes) && tier != .premium ? 15 + random.below(45) : nil
    isCovered = random.chance(0.7)
    hasActivation = joined >= 0 || !isCovered && random.chance(0.3)
    referralPause = [0, 40, 5][random.pick([84, 14, 2])]
    autoRenew = random.chance(0.3) ? joined + random.below(120) : nil
    profile = random.chance(0.2) ? 100 : 35 + 5 * random.below(12)
    completion = profile < 100 && random.chance(0.4) ? 2 + random.below(55) : nil
  }

  /// A tenth stays away for more than a month: most fade out before, most of them come back.
  private static func silence(_ random: inout SplitMix64) -> Silence? {
    guard random.chance(0.1) else { return nil }
    let fading = random.chance(0.75) ? 6 : 0
    let first = fading + 1 + random.below(random.chance(0.6) ? 9 : 90)
    return Silence(
      fading: fading, first: first, back: random.chance(0.7) ? first + 31 + random.below(12) : nil)
  }

  private static func trip(_ random: inout SplitMix64) -> Range<Int> {
    let first = 2 + random.below(45)
    return first..<first + 6 + random.below(10)
  }
}

extension SplitMix64 {
  /// A generator for one thing among many: those of neighbours do not resemble each other.
  init(seed: UInt64, _ first: Int, _ second: Int, _ third: Int) {
    self.init(seed: Self.mixed(Self.mixed(Self.mixed(seed, first), second), third))
  }

  private static func mixed(_ state: UInt64, _ part: Int) -> UInt64 {
    var mixer = SplitMix64(seed: state ^ (UInt64(bitPattern: Int64(part)) &* 0xD6E8_FEB8_6659_FD93))
    return mixer.next()
  }

  /// The place of one of several shares, each as likely as it is large.
  mutating func pick(_ shares: [Int]) -> Int {
    var rest = below(shares.reduce(0, +))
    for (place, share) in shares.enumerated() {
      rest -= share
      if rest < 0 { return place }
    }
    return shares.count - 1
  }

  /// A whole number around a mean: between half and one and a half of it.
  mutating func count(_ mean: Double) -> Int {
    let value = mean * (0.5 + fraction())
    return Int(value) + (chance(value - value.rounded(.down)) ? 1 : 0)
  }
}
