import Contracts
import Wire

/// The full-marks values of the scores, a definition of its own with versions (domain.md 4).
///
/// As JSON: `{"version": 1, "origin": "default", "full_marks": {"engagement": {"calls_30d": 50, ...}}}`.
struct ScoreDefinition: Sendable, Codable, Equatable {
  /// The kind of its entries in the definitions journal.
  static let kind = "score_definition"

  var version: Int
  var origin: MissionTemplate.Origin
  /// By score, then by part: the value that gives all points of the part.
  var fullMarks: [String: [String: Decimal6]]

  /// The definition that a fresh installation begins with.
  static let initial = ScoreDefinition(
    version: 1, origin: .default,
    fullMarks: Dictionary(
      uniqueKeysWithValues: ScoreSheet.initial.map { score, rules in
        (score.rawValue, Dictionary(uniqueKeysWithValues: rules.compactMap(\.fullMarks)))
      }))

  /// The same with some values replaced; throws `invalid_argument` that names an unknown part or a bad value.
  func changed(_ changes: [String: [String: Decimal6]]) throws(WireError) -> ScoreDefinition {
    var changed = self
    for (score, parts) in changes.sorted(by: { $0.key < $1.key }) {
      for (part, value) in parts.sorted(by: { $0.key < $1.key }) {
        guard Self.initial.fullMarks[score]?[part] != nil else {
          throw .invalid("'full_marks.\(score).\(part)' is no part of a score")
        }
        guard value > .zero else { throw .invalid("'full_marks.\(score).\(part)' must be above 0") }
        changed.fullMarks[score, default: [:]][part] = value
      }
    }
    return changed
  }

  /// Throws `invalid_argument` where scores could not be computed: no version, or a part not above 0.
  /// A part that is missing has its first value.
  func check() throws(WireError) {
    guard version > 0 else { throw .invalid("'version' must be above 0") }
    for (score, parts) in Self.initial.fullMarks {
      for (part, first) in parts where fullMarks[score]?[part] ?? first <= .zero {
        throw .invalid("'full_marks.\(score).\(part)' must be above 0")
      }
    }
  }
}

extension ScoreDefinition {
  func pack(_ writer: inout PackedWriter) {
    writer.count(version)
    writer.bool(origin == .default)
    writer.array(fullMarks.sorted { $0.key < $1.key }) { writer, score in
      writer.text(score.key)
      writer.array(score.value.sorted { $0.key < $1.key }) { writer, part in
        writer.text(part.key)
        writer.decimal(part.value)
      }
    }
  }

  /// Reads what `pack` wrote.
  init(_ reader: inout PackedReader) throws(PackedError) {
    version = try reader.number()
    origin = try reader.bool() ? .default : .operator
    fullMarks = [:]
    for _ in 0..<(try reader.count()) {
      let score = try reader.text()
      for _ in 0..<(try reader.count()) {
        fullMarks[score, default: [:]][try reader.text()] = try reader.decimal()
      }
    }
  }
}
