/// Schema scripts are written once, for SQLite; this makes the few words of them fit PostgreSQL.
///
/// `BLOB` becomes `BYTEA`; `INTEGER` becomes `BIGINT`, because SQLite's holds 64 bits; `TEXT` becomes
/// `TEXT COLLATE "C"`, because SQLite compares bytes; `WITHOUT ROWID` and `STRICT` go. Quoted names, strings,
/// comments and `CAST(x AS TEXT)` stay as they are.
enum Schema {
  static func translate(_ sql: String, for engine: Engine) -> String {
    engine == .sqlite ? sql : postgres(sql)
  }

  private static func postgres(_ sql: String) -> String {
    var words = Words(pieces: SQLText.pieces(of: sql))
    var output = ""
    while let piece = words.next() {
      switch piece {
      case .word(let word): output += translated(word, &words, &output)
      case .placeholder(let text), .verbatim(let text), .other(let text): output += text
      }
    }
    return output
  }

  private static func translated(_ word: Substring, _ words: inout Words, _ output: inout String) -> String {
    switch word.uppercased() {
    case "BLOB": return "BYTEA"
    case "INTEGER": return "BIGINT"
    case "TEXT" where words.previous != "AS" && words.following != "COLLATE": return "TEXT COLLATE \"C\""
    case "STRICT" where words.isTableOption:
      words.dropComma(&output)
      return ""
    case "WITHOUT" where words.following == "ROWID":
      words.skipWord()
      words.dropComma(&output)
      return ""
    default: return String(word)
    }
  }
}

/// Walks the pieces and knows the neighbours of the current word.
private struct Words {
  private let pieces: [SQLText.Piece]
  private var index = 0
  private(set) var previous: String?
  private var current: String?
  private var depth = 0

  init(pieces: [SQLText.Piece]) { self.pieces = pieces }

  mutating func next() -> SQLText.Piece? {
    guard index < pieces.count else { return nil }
    defer { index += 1 }
    switch pieces[index] {
    case .word(let word): (previous, current) = (current, word.uppercased())
    case .other("("): depth += 1
    case .other(")"): depth -= 1
    default: break
    }
    return pieces[index]
  }

  /// Options stand behind the closing parenthesis of a table.
  var isTableOption: Bool { depth == 0 && previous != nil }

  /// The next word, if only white space is in between.
  var following: String? {
    for piece in pieces[index...] {
      switch piece {
      case .word(let word): return word.uppercased()
      case .other(let text) where text.allSatisfy(\.isWhitespace): continue
      default: return nil
      }
    }
    return nil
  }

  mutating func skipWord() {
    while index < pieces.count {
      defer { index += 1 }
      if case .word = pieces[index] { return }
    }
  }

  /// The comma between two options: the one already written, or else the one that follows.
  mutating func dropComma(_ output: inout String) {
    let kept = output.reversed().drop(while: \.isWhitespace)
    if kept.first == "," {
      output = String(kept.dropFirst().reversed())
    } else if let comma = pieces[index...].firstIndex(where: { !$0.isSpace }), pieces[comma] == .other(",") {
      index = comma + 1
    }
  }
}

extension SQLText.Piece {
  fileprivate var isSpace: Bool {
    if case .other(let text) = self { text.allSatisfy(\.isWhitespace) } else { false }
  }
}
