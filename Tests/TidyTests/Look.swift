/// A way to look for offences in one file.
struct Look: Sendable {
  /// Lines, counted from 1, with what is wrong there.
  let find: @Sendable (Source) -> [(line: Int, what: String)]

  /// Any of these words in the code; a word that begins or ends with a letter is matched whole.
  static func code(_ words: String...) -> Look {
    Look { source in occurrences(of: words, in: source.code) }
  }

  /// Any of these words anywhere, also in comments and strings.
  static func text(_ words: String...) -> Look {
    Look { source in occurrences(of: words, in: source.lines) }
  }

  /// Any of these modules imported.
  static func imports(_ modules: String...) -> Look {
    Look { source in
      source.imports.filter { modules.contains($0.module) }.map { ($0.line, "import \($0.module)") }
    }
  }

  /// A module imported that is not among those allowed; `among` limits it to these.
  static func imports(otherThan allowed: Set<String>, among: Set<String>? = nil) -> Look {
    Look { source in
      source.imports.filter { !allowed.contains($0.module) && among?.contains($0.module) != false }
        .map { ($0.line, "import \($0.module)") }
    }
  }

  /// More lines than that.
  static func lines(over most: Int) -> Look {
    Look { source in
      let count = source.lines.last == "" ? source.lines.count - 1 : source.lines.count
      return count > most ? [(count, "\(count) lines")] : []
    }
  }

  /// Lines of more characters than that.
  static func columns(over most: Int) -> Look {
    Look { source in
      source.lines.enumerated().filter { $1.utf8.count > most && $1.count > most }
        .map { ($0 + 1, "\($1.count) columns") }
    }
  }

  /// Functions, initialisers and subscripts of more lines than that.
  static func functions(over most: Int) -> Look {
    Look { source in
      Functions.all(in: source.code).filter { $0.lines > most }.map { ($0.line, "\($0.lines) lines") }
    }
  }

  /// A type, or the file, whose name ends in one of these words.
  static func names(endingIn words: String...) -> Look {
    Look { source in
      let file = source.fileName.prefix { $0 != "." }
      let named = source.types + [(1, String(file))]
      return named.filter { type in words.contains { type.name.hasSuffix($0) } }.map { ($0.line, $0.name) }
    }
  }

  /// A type with the name of its module.
  static let typeNamedAsModule = Look { source in
    source.types.filter { $0.name == source.module }.map { ($0.line, $0.name) }
  }

  /// This word in the code without a comment on the line above.
  static func unexplained(_ word: String) -> Look {
    Look { source in
      occurrences(of: [word], in: source.code).filter { line, _ in
        line < 2 || !source.lines[line - 2].drop(while: { $0 == " " }).hasPrefix("//")
      }
    }
  }

  /// A public type without a summary on the line above, attributes left aside.
  static let typeWithoutSummary = Look { source in
    source.types.filter { line, _ in
      let declaration = source.code[line - 1]
      guard declaration.contains("public "), !declaration.contains("typealias") else { return false }
      let above = source.lines[..<(line - 1)].reversed().map { $0.drop { $0 == " " } }
      return above.first { !$0.hasPrefix("@") }?.hasPrefix("///") != true
    }.map { ($0.line, $0.name) }
  }

  private static func occurrences(of words: [String], in lines: [Substring]) -> [(line: Int, what: String)] {
    lines.enumerated().flatMap { index, line in
      words.filter { contains($0, in: line) }.map { (index + 1, $0) }
    }
  }

  private static func contains(_ word: String, in line: Substring) -> Bool {
    let (line, word) = (Array(line.utf8), Array(word.utf8))
    guard let first = word.first, let last = word.last, line.count >= word.count else { return false }
    for start in 0...(line.count - word.count) where line[start] == first {
      let end = start + word.count
      guard line[start..<end].elementsEqual(word) else { continue }
      if isName(first), start > 0, isName(line[start - 1]) { continue }
      if isName(last), end < line.count, isName(line[end]) { continue }
      return true
    }
    return false
  }

  private static func isName(_ byte: UInt8) -> Bool {
    switch byte {
    case 48...57, 65...90, 95, 97...122: true
    default: false
    }
  }
}
