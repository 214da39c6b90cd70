import Contracts
import Rules
import Wire

/// A value of a score or feature that counts as crossed until it has come back far enough.
///
/// Above: true from `enter` up, and until it is below `leave`; below: the other way round.
struct Threshold: Sendable, Codable, Equatable {
  /// The kind of its entries in the definitions journal.
  static let kind = "threshold"

  enum Direction: String, Sendable, Codable, CaseIterable { case above, below }

  var id: String
  var name: String
  var version = 1
  /// A score or a feature that is a number.
  var variable: String
  var direction = Direction.above
  var enter: Decimal6
  var leave: Decimal6
  var isActive = true
  var isDeleted = false
  /// Unix microseconds.
  var updatedAt: Int64 = 0

  /// What Scoring watches for it.
  var needs: [Need] {
    get throws(WireError) {
      guard isActive, !isDeleted else { return [] }
      do throws(RuleError) {
        let rule = try Variables.compile(comparison(enter)).rule
        return [Need(rule, stays: enter == leave ? nil : try Variables.compile(comparison(leave)).rule)]
      } catch {
        throw .invalid("a threshold cannot be watched: \(error)")
      }
    }
  }

  private func comparison(_ limit: Decimal6) -> String {
    let text = JSONWriter.object { writer in
      writer.key(text: direction == .above ? ">=" : "<=")
      writer.array { writer in
        writer.object { $0.member("var", variable) }
        writer.decimal(limit)
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Throws `invalid_argument` for one that could not lag, or is of what is no number.
  func check() throws(WireError) {
    let isRight = direction == .above ? leave <= enter : leave >= enter
    guard isRight else {
      throw .invalid("'leave' must be \(direction == .above ? "at most" : "at least") 'enter'")
    }
    guard ScoreName(rawValue: variable) != nil || Feature(rawValue: variable) != nil else {
      throw .invalid("'variable': '\(variable)' is no score and no feature")
    }
  }

  func write(_ writer: inout JSONWriter) {
    writer.member("id", id)
    writer.member("name", name)
    writer.member("version", version)
    writer.member("variable", variable)
    writer.member("direction", direction.rawValue)
    writer.member("enter", enter)
    writer.member("leave", leave)
    writer.member("is_active", isActive)
    writer.member("updated_at", updatedAt)
  }
}
