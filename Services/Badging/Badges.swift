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
  var watched: [String] { definition.isActive ? criteria?.watched ?? [] : [] }
}

/// The badge definitions that a partition has taken.
struct Badges: StateRow {
  /// By type, in the order of names; within a type from bronze up.
  private(set) var types: [(name: String, levels: [Badge])] = []
  /// When a comparison last ceased to be watched: the number of that definition. What was true before it is
  /// not known any more.
  private(set) var left: [String: Int64] = [:]
  /// What is watched now.
  private var watched: Set<String> = []

  private static let form: UInt64 = 1

  init() {}

  init(_ reader: inout PackedReader) throws(PackedError) {
    guard try reader.unsigned() == Self.form else { throw PackedError(offset: 0, reason: "an unknown form") }
    let texts = try reader.array { (reader) throws(PackedError) in try reader.blob() }
    for text in texts {
      do {
        put(try Badge(try Cold.decode(BadgeDefinition.self, text)))
      } catch {
        throw PackedError(offset: 0, reason: error.message)
      }
    }
    let left = try reader.array { (reader) throws(PackedError) in (try reader.text(), try reader.signed()) }
    self.left = Dictionary(left) { $1 }
  }

  func pack(_ writer: inout PackedWriter) {
    writer.unsigned(Self.form)
    writer.array(all.map { Self.text(of: $0.definition) }) { $0.blob($1) }
    writer.array(left.sorted { $0.key < $1.key }) {
      $0.text($1.key)
      $0.signed($1.value)
    }
  }

  /// A definition is texts, numbers and flags: what can always be written as JSON.
  private static func text(of definition: BadgeDefinition) -> [UInt8] { (try? Cold.encode(definition)) ?? [] }

  /// All badges, by type and level.
  var all: [Badge] { types.flatMap(\.levels) }

  subscript(_ slug: String) -> Badge? { all.first { $0.definition.slug == slug } }

  /// The active badges of a type up to a level, from bronze up.
  func active(_ type: String, upTo level: BadgeDefinition.Level) -> [Badge] {
    levels(of: type).filter { $0.definition.isActive && $0.definition.level <= level }
  }

  func levels(of type: String) -> [Badge] { types.first { $0.name == type }?.levels ?? [] }

  /// Takes a definition; gives whether it may change who meets a badge.
  @discardableResult
  mutating func put(_ badge: Badge, number: Int64 = 0) -> Bool {
    let before = self[badge.definition.slug]
    var levels = levels(of: badge.definition.badgeType).filter {
      $0.definition.level != badge.definition.level
    }
    levels.append(badge)
    levels.sort { $0.definition.level < $1.definition.level }
    types.removeAll { $0.name == badge.definition.badgeType }
    types.append((badge.definition.badgeType, levels))
    types.sort { $0.name < $1.name }
    let now = Set(all.flatMap(\.watched))
    for comparison in watched.subtracting(now) { left[comparison] = number }
    watched = now
    return before?.definition.criteria != badge.definition.criteria
      || before?.definition.isActive != badge.definition.isActive
  }

  /// For each active badge that is met its grounds; a level's grounds are those of the lower ones too.
  func met(_ standing: Standing) -> [(badge: Badge, grounds: [Ground])] {
    types.flatMap { type in
      var above: [Ground] = []
      var found: [(badge: Badge, grounds: [Ground])] = []
      for badge in type.levels.reversed() where badge.definition.isActive {
        var grounds = badge.criteria?.grounds(standing) ?? []
        _ = grounds.add(above)
        above = grounds
        if !grounds.isEmpty { found.append((badge, grounds)) }
      }
      return found.reversed()
    }
  }
}
