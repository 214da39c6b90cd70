/// SQL cut into pieces just fine enough to rewrite placeholders and types outside quotes and comments.
struct SQLText {
  enum Piece: Equatable {
    /// A keyword or bare name.
    case word(Substring)
    /// `?` and its number.
    case placeholder(Substring)
    /// A string, a quoted name or a comment, delimiters included.
    case verbatim(Substring)
    /// White space and every other character.
    case other(Substring)
  }

  private var rest: Substring

  static func pieces(of sql: String) -> [Piece] {
    var text = SQLText(rest: Substring(sql))
    var pieces: [Piece] = []
    while let piece = text.next() { pieces.append(piece) }
    return pieces
  }

  /// `?1` becomes `$1`, outside quotes and comments.
  static func numbered(_ sql: String) -> String {
    pieces(of: sql).map { piece in
      switch piece {
      case .placeholder(let text): "$" + text.dropFirst()
      case .word(let text), .verbatim(let text), .other(let text): String(text)
      }
    }.joined()
  }

  private mutating func next() -> Piece? {
    guard let first = rest.unicodeScalars.first else { return nil }
    switch first {
    case "'", "\"", "`": return .verbatim(take(through: String(first), skip: 1))
    case "-" where rest.hasPrefix("--"): return .verbatim(take(through: "\n", skip: 2))
    case "/" where rest.hasPrefix("/*"): return .verbatim(take(through: "*/", skip: 2))
    case "?": return placeholder()
    case _ where Self.isWord(first): return .word(take { Self.isWord($0) })
    default: return .other(take(scalars: 1))
    }
  }

  private mutating func placeholder() -> Piece {
    let digits = rest.unicodeScalars.dropFirst().prefix { ("0"..."9").contains($0) }
    let piece = take(scalars: 1 + digits.count)
    return digits.isEmpty ? .other(piece) : .placeholder(piece)
  }

  /// Up to and including `end`, searched after `skip` scalars, or all the rest where it is missing.
  ///
  /// A doubled quote ends one piece and begins the next, which comes to the same.
  private mutating func take(through end: String, skip: Int) -> Substring {
    let scalars = rest.unicodeScalars
    let end = Array(end.unicodeScalars)
    var index = scalars.index(scalars.startIndex, offsetBy: skip)
    while index < scalars.endIndex {
      if scalars[index...].starts(with: end) {
        return cut(at: scalars.index(index, offsetBy: end.count))
      }
      index = scalars.index(after: index)
    }
    return cut(at: scalars.endIndex)
  }

  private mutating func take(while belongs: (Unicode.Scalar) -> Bool) -> Substring {
    let scalars = rest.unicodeScalars
    return cut(at: scalars.firstIndex { !belongs($0) } ?? scalars.endIndex)
  }

  private mutating func take(scalars count: Int) -> Substring {
    cut(at: rest.unicodeScalars.index(rest.startIndex, offsetBy: count))
  }

  private mutating func cut(at index: Substring.Index) -> Substring {
    defer { rest = rest[index...] }
    return rest[..<index]
  }

  private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "_" || scalar.value >= 128 || ("0"..."9").contains(scalar)
      || ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
  }
}
