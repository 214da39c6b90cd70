import Contracts
import Journal
import Support
import Testing
import Wire

@testable import Badging

/// A service upstream that invents lawful histories, and knows from them alone who must hold what.
private struct Upstream {
  var random: SeededGenerator
  let stage: Stage
  var live: [String: [Int: Int64]] = [:]
  var occasions: [String: (customer: String, occasion: Int, isCompleted: Bool)] = [:]
  var balance: [String: Int] = [:]
  /// Crossings that were up and were not taken back, with their level, by customer.
  var standing: [String: [Int64: Int]] = [:]
  /// Rewards that stand, by customer.
  var rewards: [String: Set<String>] = [:]

  /// The grants of offers: mission, until when, and what became of it.
  var grants: [(id: String, mission: String, end: Int64, status: GrantRow.Status)] = []

  static let limits = [40, 60, 80, 95]
  static let customers = ["C-1", "C-2", "müller"]

  mutating func step() throws {
    let customer = Self.customers.randomElement(using: &random) ?? "C-1"
    switch Int.random(in: 0..<10, using: &random) {
    case 0: try redeem()
    case 1: try wait()
    case 2..<6: try cross(customer)
    default: try complete(customer)
    }
  }

  private mutating func redeem() throws {
    let open = grants.indices.filter { grants[$0].status == .granted }
    guard let place = open.randomElement(using: &random) else { return }
    _ = try stage.redeem(grants[place].id)
    grants[place].status = .redeemed
  }

  private mutating func wait() throws {
    stage.now += Int64.random(in: 1...8, using: &random) * Micros.day
    try stage.settle()
    for place in grants.indices where grants[place].status == .granted && grants[place].end <= stage.now {
      grants[place].status = .expired
    }
  }

  /// A mission's offer is granted anew with each completion, until it was used.
  private mutating func promise(_ mission: String, _ isCompleted: Bool, _ told: [String]) throws {
    let isUsed = grants.contains { $0.mission == mission && $0.status == .redeemed }
    let open = grants.firstIndex { $0.mission == mission && $0.status == .granted }
    if isCompleted, !isUsed {
      let entry = try stage.twin.outputs.suffix(told.count).compactMap { try OfferEntry($0[...]) }.first
      guard let entry else {
        Issue.record("no grant for \(mission): \(told)")
        return
      }
      grants.append((entry.id, mission, stage.now + 14 * Micros.day, .granted))
    } else {
      #expect(told.contains { $0.hasPrefix("offer_") } == (!isCompleted && open != nil))
      if !isCompleted, let open { grants[open].status = .revoked }
    }
  }

  private mutating func cross(_ customer: String) throws {
    let level = Int.random(in: 0..<4, using: &random)
    let rule = engagement(Self.limits[level])
    guard let number = live[customer]?[level] else {
      guard (standing[customer]?.count ?? 0) < 12 else { return }
      let up = try stage.up(rule, customer)
      live[customer, default: [:]][level] = up.number
      standing[customer, default: [:]][up.number] = level
      return
    }
    live[customer]?[level] = nil
    if Bool.random(using: &random) {
      try stage.down(rule, customer)
      // A reversal may come later than the down.
      guard Int.random(in: 0..<3, using: &random) == 0 else { return }
    }
    try stage.revoke(number, of: rule, customer)
    standing[customer]?[number] = nil
  }

  private mutating func complete(_ customer: String) throws {
    let mission =
      "m-7-\(Int.random(in: 1...4, using: &random))-\(Self.customers.firstIndex(of: customer) ?? 0)"
    var state = occasions[mission] ?? (customer, 0, false)
    let change: OutcomeEntry.Change = state.isCompleted ? .revoked : .completed
    if !state.isCompleted { state.occasion += 1 }
    state.isCompleted.toggle()
    occasions[mission] = state
    balance[customer, default: 0] += state.isCompleted ? 120 : -120
    if state.isCompleted {
      rewards[customer, default: []].insert(mission)
    } else {
      rewards[customer]?.remove(mission)
    }
    let told = try stage.outcome(
      change, mission, occasion: state.occasion, customer: customer, category: "correction",
      badge: "power_user", level: "silver", offer: "recovery_offer")
    try promise(mission, state.isCompleted, told)
    // The same entry again, as a repeated delivery upstream would make it.
    if Int.random(in: 0..<5, using: &random) == 0 {
      try stage.outcome(
        change, mission, occasion: state.occasion, customer: customer, category: "correction",
        badge: "power_user", level: "silver", offer: "recovery_offer")
    }
  }

  /// A level is held as long as a crossing or a reward of this level or a higher one is on record.
  func expected(_ customer: String) -> Set<String> {
    let best = max(
      standing[customer]?.values.max() ?? -1, rewards[customer]?.isEmpty == false ? 1 : -1)
    var held = Set(["bronze", "silver", "gold", "platinum"].prefix(best + 1).map { "power_user.\($0)" })
    let missions = rewards[customer]?.count ?? 0
    if missions >= 2 { held.insert("comeback_hero.bronze") }
    if missions >= 3 { held.insert("comeback_hero.silver") }
    return held
  }
}

@Suite struct InterleavingTests {
  private static let hero = BadgeDefinition(
    badgeType: "comeback_hero", level: .bronze, name: "H", description: "H",
    criteria: #"{">=":[{"var":"missions_completed.correction"},2]}"#)

  @Test(arguments: 0..<12)
  func anyInterleavingKeepsTheInvariants(round: Int) throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("interleaving \(round): seed \(seed)")
    let stage = try Stage(DefaultBadges.all + [Self.hero])
    var upstream = Upstream(random: SeededGenerator(seed: seed), stage: stage)
    for place in 1...60 {
      try upstream.step()
      guard place % 10 == 0 else { continue }
      for customer in Upstream.customers {
        let expected = upstream.expected(customer)
        #expect(try stage.held(customer) == expected, "seed \(seed), \(customer), step \(place)")
        #expect(try stage.row(customer).balance == upstream.balance[customer] ?? 0, "seed \(seed)")
      }
      for grant in upstream.grants {
        let row = try stage.twin.reader.row(RowKey.grant(grant.id))?.grant
        #expect(row?.status == grant.status, "seed \(seed), \(grant), step \(place)")
      }
      #expect(try stage.audit() == [], "seed \(seed), step \(place)")
    }
    try expectSameInPages(stage, seed)
  }

  /// Entries of one journal that follow each other give the same in one page as one by one.
  private func expectSameInPages(_ stage: Stage, _ seed: UInt64) throws {
    let folder = try ScratchFolder()
    var outputs: [[[UInt8]]] = []
    for size in [1, 7, 1_000] {
      let twin = try Twin(
        BadgingFold(zone: .utc), partition: 7, path: "\(folder.path)/\(size).sqlite")
      for journal in BadgingFold(zone: .utc).upstreams {
        let entries = stage.fed[journal] ?? []
        for start in stride(from: 0, to: entries.count, by: size) {
          let page = Array(entries[start..<min(start + size, entries.count)])
          try twin.feed(journal, page, now: stage.now)
        }
      }
      try twin.advance(to: stage.now)
      outputs.append(twin.outputs)
      #expect(try twin.audit(stage.fed.filter { !$0.key.isDefinitions }) == [], "seed \(seed)")
    }
    #expect(outputs[0] == outputs[1], "seed \(seed)")
    #expect(outputs[0] == outputs[2], "seed \(seed)")
  }
}
