import Rules
import Wire

/// A comparison that is kept an eye on, because at least one badge needs it.
struct Watched: Sendable {
  /// `Rule.identity` as a number.
  let hash: UInt64
  let rule: Rule
  /// The attributes in it, in the order of their places.
  let attributes: [String]
  /// Counts up with each comparison that comes in: a customer's row says up to where it has been judged.
  let serial: Int
  /// The slugs of the badges whose criteria have it, ascending.
  var references: [String]

  /// The name of the comparison in the journal.
  var identity: String { rule.identity }

  /// Compiles the comparison for itself: the places of its attributes are its own.
  init(_ canonical: String, serial: Int, references: [String]) throws(RuleError) {
    (rule, attributes) = try Variables.compile(canonical)
    self.serial = serial
    self.references = references
    hash = UInt64(rule.identity, radix: 16) ?? 0
  }
}

/// The comparisons of all active badges, in the order in which they came.
struct WatchList: Sendable {
  private(set) var watched: [Watched] = []
  /// The serial of the newest comparison, also after it was removed.
  private(set) var lastSerial = 0

  /// Takes what a badge needs now, instead of what it needed before; true when a comparison is new.
  ///
  /// A comparison that nobody needs any more is dropped; one that comes back later is new again.
  mutating func set(_ slug: String, needs rules: [Rule]) -> Bool {
    for place in watched.indices where !rules.contains(watched[place].rule) {
      watched[place].references.removeAll { $0 == slug }
    }
    watched.removeAll { $0.references.isEmpty }
    let before = lastSerial
    for rule in rules { need(rule, slug) }
    return lastSerial > before
  }

  private mutating func need(_ rule: Rule, _ slug: String) {
    if let place = watched.firstIndex(where: { $0.rule == rule }) {
      if !watched[place].references.contains(slug) { watched[place].references.append(slug) }
      watched[place].references.sort()
    } else if let new = try? Watched(rule.canonical, serial: lastSerial + 1, references: [slug]) {
      lastSerial += 1
      watched.append(new)
    }
  }

  subscript(hash: UInt64) -> Watched? { watched.first { $0.hash == hash } }

  /// The comparisons in a badge's criteria; none for a badge without any.
  static func comparisons(of criteria: String?) throws(RuleError) -> [Rule] {
    guard let criteria else { return [] }
    return try Variables.compile(criteria).rule.parts(where: Variables.owns).comparisons
  }
}

extension WatchList {
  func pack(_ writer: inout PackedWriter) {
    writer.count(lastSerial)
    writer.array(watched) { writer, watched in
      writer.text(watched.rule.canonical)
      writer.count(watched.serial)
      writer.array(watched.references) { $0.text($1) }
    }
  }

  /// Reads what `pack` wrote and compiles the rules.
  init(_ reader: inout PackedReader) throws(PackedError) {
    lastSerial = try reader.number()
    watched = try reader.array { (reader) throws(PackedError) in
      let text = try reader.text()
      let serial = try reader.number()
      let references = try reader.array { (reader) throws(PackedError) in try reader.text() }
      do throws(RuleError) {
        return try Watched(text, serial: serial, references: references)
      } catch {
        throw PackedError(offset: 0, reason: "a comparison cannot be read: \(error)")
      }
    }
  }
}
