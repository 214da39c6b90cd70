/// Finds the bodies of functions by counting braces in code that has neither comments nor strings.
enum Functions {
  /// A function's first line, counted from 1, and how many lines it has.
  struct Extent: Sendable, Equatable {
    let line: Int
    let lines: Int
  }

  private struct Token {
    let text: Substring
    let line: Int
  }

  /// All functions that have a body.
  static func all(in code: [Substring]) -> [Extent] {
    let tokens = code.enumerated().flatMap { index, line in
      split(line).map { Token(text: $0, line: index + 1) }
    }
    return tokens.indices.compactMap { place in
      guard begins(tokens, place), let open = body(tokens, after: place), let end = close(tokens, open) else {
        return nil
      }
      return Extent(line: tokens[place].line, lines: tokens[end].line - tokens[place].line + 1)
    }
  }

  private static let openers: Set<Substring> = ["func", "init", "deinit", "subscript"]
  /// Where one of these stands, the declaration before it had no body.
  private static let others: Set<Substring> = [
    "func", "init", "deinit", "subscript", "var", "let", "}", "case",
  ]

  /// Names, and single characters of everything else but blanks.
  private static func split(_ line: Substring) -> [Substring] {
    var tokens: [Substring] = []
    var start = line.startIndex
    while start < line.endIndex {
      var end = line.index(after: start)
      if isName(line[start]) { while end < line.endIndex, isName(line[end]) { end = line.index(after: end) } }
      if line[start] != " " { tokens.append(line[start..<end]) }
      start = end
    }
    return tokens
  }

  private static func isName(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || character == "_"
  }

  /// A declaration, not a call such as `.init(` or `self.init(`.
  private static func begins(_ tokens: [Token], _ place: Int) -> Bool {
    openers.contains(tokens[place].text) && (place == 0 || tokens[place - 1].text != ".")
  }

  /// The brace that opens the body: the first outside of all brackets.
  private static func body(_ tokens: [Token], after place: Int) -> Int? {
    var depth = 0
    for next in (place + 1)..<max(tokens.count, place + 1) {
      switch tokens[next].text {
      case "(", "[": depth += 1
      case ")", "]": depth -= 1
      case "{" where depth == 0: return next
      case let text where depth == 0 && others.contains(text): return nil
      default: break
      }
    }
    return nil
  }

  private static func close(_ tokens: [Token], _ open: Int) -> Int? {
    var depth = 0
    for next in open..<tokens.count {
      if tokens[next].text == "{" { depth += 1 }
      if tokens[next].text == "}" { depth -= 1 }
      if depth == 0 { return next }
    }
    return nil
  }
}
