import Contracts
import Journal
import Wire

/// A badge as Badging judges by it.
struct Badge: Sendable {
  let definition: BadgeDefinition
  let criteria: Criteria?

  /// Compiles the criteria; throws `invalid_argument` for some that cannot be.
  init(_ definition: BadgeDefinition) throws(WireError) {
    self.definition = definition
    criteria = try definition.criteria.map { (text) throws(WireError) in try Criteria(text) }
  }

  /// What Scoring watches for it.
  var watched: [ComparisonName] { definition.isActive ? criteria?.watched ?? [] : [] }
}

/// The badges that a partition has taken, and which of them a change may concern.
struct Badges: Sendable {
  /// By type, in the order of names; within a type from bronze up.
  private(set) var types: [(name: String, levels: [Badge])] = []
  /// When a comparison last ceased to be watched: the number of that definition. What was true before it is
  /// not known any more.
  private(set) var left: [ComparisonName: Int64] = [:]
  /// The places of the types whose active badges have a comparison.
  private var users: [ComparisonName: [Int]] = [:]
  /// The places of the types whose active badges count missions of a category.
  private var counters: [String: [Int]] = [:]

  init() {}

  init(_ badges: [Badge], left: [ComparisonName: Int64]) {
    self.left = left
    for badge in badges { insert(badge) }
    index()
  }

  /// All badges, by type and level.
  var all: [Badge] { types.flatMap(\.levels) }

  /// What Scoring watches for all of them.
  var watched: Set<ComparisonName> { Set(users.keys) }

  subscript(_ slug: String) -> Badge? { all.first { $0.definition.slug == slug } }

  /// The active badges of a type up to a level, from bronze up.
  func active(_ type: String, upTo level: BadgeDefinition.Level) -> [Badge] {
    levels(of: type).filter { $0.definition.isActive && $0.definition.level <= level }
  }

  private func levels(of type: String) -> [Badge] { types.first { $0.name == type }?.levels ?? [] }

  /// The types that may be met, or not any more, when a comparison flips.
  func types(with comparison: ComparisonName) -> [Int] { users[comparison] ?? [] }

  /// The types that may be met, or not any more, when a mission of a category is completed or revoked.
  func types(counting category: String) -> [Int] { counters[category] ?? [] }

  /// Takes a definition; gives whether it may change who meets a badge.
  @discardableResult
  mutating func put(_ badge: Badge, number: Int64 = 0) -> Bool {
    let before = self[badge.definition.slug]
    let watchedBefore = watched
    insert(badge)
    index()
    for comparison in watchedBefore where users[comparison] == nil { left[comparison] = number }
    return before?.definition.criteria != badge.definition.criteria
      || before?.definition.isActive != badge.definition.isActive
  }

  private mutating func insert(_ badge: Badge) {
    let type = badge.definition.badgeType
    var levels = levels(of: type).filter { $0.definition.level != badge.definition.level }
    levels.append(badge)
    levels.sort { $0.definition.level < $1.definition.level }
    types.removeAll { $0.name == type }
    types.insert((type, levels), at: types.firstIndex { type < $0.name } ?? types.count)
  }

  private mutating func index() {
    users = [:]
    counters = [:]
    for (place, type) in types.enumerated() {
      let active = type.levels.filter(\.definition.isActive)
      for comparison in Set(active.flatMap(\.watched)) { users[comparison, default: []].append(place) }
      for category in Set(active.flatMap { $0.criteria?.categories ?? [] }) {
        counters[category, default: []].append(place)
      }
    }
  }

  /// For each active badge of some types that is met its grounds, from bronze up; a level's grounds are those
  /// of the lower ones too.
  func met(_ standing: Standing, _ places: [Int]) -> [(badge: Badge, grounds: [Ground])] {
    places.flatMap { place in
      var above: [Ground] = []
      var found: [(badge: Badge, grounds: [Ground])] = []
      for badge in types[place].levels.reversed() where badge.definition.isActive {
        var grounds = badge.criteria?.grounds(standing) ?? []
        _ = grounds.add(above)
        above = grounds
        if !grounds.isEmpty { found.append((badge, grounds)) }
      }
      return found.reversed()
    }
  }

  /// The same over all types.
  func met(_ standing: Standing) -> [(badge: Badge, grounds: [Ground])] {
    met(standing, Array(types.indices))
  }
}
