import Contracts
import Rules
import Wire

/// Customers who belong together: those for whom a rule is true, or those of a list (domain.md 6).
struct Segment: Sendable, Codable, Equatable {
  /// The kind of its entries in the definitions journal.
  static let kind = "segment"
  /// Customers of a list.
  static let customersMax = 100_000
  /// UTF-8 bytes of a list, so that its entry fits into a frame.
  static let listBytesMax = 4_000_000
  /// UTF-8 bytes of a name.
  static let nameBytesMax = 200

  var id: String
  var name: String
  var version = 1
  /// Canonical JSONLogic over scores, features and attributes; nil for a list.
  var rule: String?
  /// Each once, ascending; nil for a rule.
  var customers: [String]?
  var isDeleted = false
  /// Unix microseconds.
  var createdAt: Int64 = 0
  var updatedAt: Int64 = 0

  /// What Scoring watches for it: the whole rule; nothing for a list.
  var needs: [Need] {
    get throws {
      guard !isDeleted, let rule else { return [] }
      return [Need(try Self.compiled(rule).rule)]
    }
  }

  /// Compiles a rule; throws `invalid_argument` for one that Scoring cannot decide alone, or about nobody.
  static func compiled(_ text: String) throws(WireError) -> (rule: Rule, attributes: [String]) {
    let compiled: (rule: Rule, attributes: [String])
    do throws(RuleError) { compiled = try Variables.compile(text) } catch {
      throw .invalid("'rule': \(error)")
    }
    if let stranger = compiled.rule.variables.sorted().first(where: { !Variables.owns($0) }) {
      throw .invalid("'rule': '\(stranger)' is not known to Scoring")
    }
    if compiled.rule.variables.isEmpty { throw .invalid("'rule': it has no variable") }
    return compiled
  }

  /// As it is answered; a list without its customers, of whom there may be many.
  func write(_ writer: inout JSONWriter) {
    writer.member("id", id)
    writer.member("name", name)
    writer.member("version", version)
    writer.key("rule")
    if let rule { writer.raw(Array(rule.utf8)) } else { writer.null() }
    writer.key("customers")
    if let customers { writer.integer(customers.count) } else { writer.null() }
    writer.member("created_at", createdAt)
    writer.member("updated_at", updatedAt)
  }
}
