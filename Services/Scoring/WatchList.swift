import Rules
import Wire

/// What somebody needs to be told of: a rule, and for one that lags, the rule by which it stays.
struct Need: Sendable, Hashable {
  let rule: Rule
  /// While this is true, what came true stays true; nil: as long as the rule is.
  var stays: Rule?

  init(_ rule: Rule, stays: Rule? = nil) { (self.rule, self.stays) = (rule, stays) }
}

/// A comparison that is kept an eye on, because a badge, a segment or a threshold needs it.
struct Watched: Sendable {
  /// Its name in the journal as a number.
  let hash: UInt64
  let need: Need
  /// The attributes in the rule, in the order of their places, and those in the one by which it stays.
  let attributes: [String]
  private let staying: [String]
  /// Counts up with each comparison that comes in: a customer's row says up to where it has been judged.
  let serial: Int
  /// Who needs it, ascending: slugs of badges, `segment:<id>`, `threshold:<id>`.
  var references: [String]
  /// The name of the comparison in the journal.
  let identity: String

  var rule: Rule { need.rule }

  /// Compiles the comparison for itself: the places of its attributes are its own.
  init(_ canonical: String, stays: String?, serial: Int, references: [String]) throws(RuleError) {
    let (rule, attributes) = try Variables.compile(canonical)
    self.attributes = attributes
    if let stays {
      let compiled = try Variables.compile(stays)
      need = Need(rule, stays: compiled.rule)
      staying = compiled.attributes
      hash = FNV1a.hash("\(canonical) \(stays)".utf8)
      identity = Self.name(hash)
    } else {
      need = Need(rule)
      staying = []
      hash = UInt64(rule.identity, radix: 16) ?? 0
      identity = rule.identity
    }
    lags = stays != nil
    self.serial = serial
    self.references = references
  }

  private static func name(_ hash: UInt64) -> String {
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// Whether what came true may stay so longer than its rule.
  let lags: Bool

  /// Whether what was true stays so though its rule is not.
  func stays(_ assessment: Assessment) -> Bool {
    need.stays.map { assessment.holds($0, staying) } ?? false
  }

  /// The segments and thresholds that a crossing of it is about.
  var names: [String] { references.filter { $0.contains(Reference.separator) } }
}

/// Who needs a comparison, beside badges.
enum Reference {
  static let separator: Character = ":"
  static func segment(_ id: String) -> String { "segment:\(id)" }
  static func threshold(_ id: String) -> String { "threshold:\(id)" }
}

/// The comparisons that are watched, in the order in which they came.
struct WatchList: Sendable {
  private(set) var watched: [Watched] = []
  /// The serial of the newest comparison, also after it was removed.
  private(set) var lastSerial = 0

  /// Takes what somebody needs now, instead of what was needed before; true when a comparison is new.
  ///
  /// A comparison that nobody needs any more is dropped; one that comes back later is new again.
  mutating func set(_ reference: String, needs: [Need]) -> Bool {
    for place in watched.indices where !needs.contains(watched[place].need) {
      watched[place].references.removeAll { $0 == reference }
    }
    watched.removeAll { $0.references.isEmpty }
    let before = lastSerial
    for need in needs { self.need(need, reference) }
    return lastSerial > before
  }

  private mutating func need(_ need: Need, _ reference: String) {
    if let place = watched.firstIndex(where: { $0.need == need }) {
      if !watched[place].references.contains(reference) { watched[place].references.append(reference) }
      watched[place].references.sort()
    } else if let new = try? Watched(
      need.rule.canonical, stays: need.stays?.canonical, serial: lastSerial + 1, references: [reference])
    {
      lastSerial += 1
      watched.append(new)
    }
  }

  subscript(hash: UInt64) -> Watched? { watched.first { $0.hash == hash } }

  /// The comparisons in a badge's criteria; none for a badge without any.
  static func comparisons(of criteria: String?) throws(RuleError) -> [Need] {
    guard let criteria else { return [] }
    return try Variables.compile(criteria).rule.parts(where: Variables.owns).comparisons.map { Need($0) }
  }
}

extension WatchList {
  func pack(_ writer: inout PackedWriter) {
    writer.count(lastSerial)
    writer.array(watched) { writer, watched in
      writer.text(watched.rule.canonical)
      writer.optional(watched.need.stays) { $0.text($1.canonical) }
      writer.count(watched.serial)
      writer.array(watched.references) { $0.text($1) }
    }
  }

  /// Reads what `pack` wrote and compiles the rules.
  init(_ reader: inout PackedReader) throws(PackedError) {
    lastSerial = try reader.number()
    watched = try reader.array { (reader) throws(PackedError) in
      let text = try reader.text()
      let stays = try reader.optional { (reader) throws(PackedError) in try reader.text() }
      let serial = try reader.number()
      let references = try reader.array { (reader) throws(PackedError) in try reader.text() }
      do throws(RuleError) {
        return try Watched(text, stays: stays, serial: serial, references: references)
      } catch {
        throw PackedError(offset: 0, reason: "a comparison cannot be read: \(error)")
      }
    }
  }
}
