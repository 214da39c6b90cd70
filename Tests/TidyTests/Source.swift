import Foundation

/// One text file of the project.
struct Source: Sendable {
  /// From the top of the package, such as `Shared/Wire/Frames.swift`.
  let path: String
  let lines: [Substring]
  /// The lines without comments and strings; of files that are not Swift, the lines as they are.
  let code: [Substring]

  init(_ path: String, _ text: String) {
    self.path = path
    lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    code =
      path.hasSuffix(".swift")
      ? Blanking.code(of: text).split(separator: "\n", omittingEmptySubsequences: false) : lines
  }

  /// The folder that makes a module of it: `Wire` for `Shared/Wire/Frames.swift`.
  var module: String {
    let parts = path.split(separator: "/")
    return parts.count > 2 ? String(parts[1]) : ""
  }

  var fileName: String { String(path.split(separator: "/").last ?? "") }

  /// Whether the path fits a shell pattern; a star also passes slashes.
  func fits(_ pattern: String) -> Bool { fnmatch(pattern, path, 0) == 0 }

  /// Imported modules with their lines.
  var imports: [(line: Int, module: String)] {
    code.enumerated().compactMap { index, line in
      guard line.contains("import ") else { return nil }
      let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
      guard let place = words.firstIndex(of: "import"), place + 1 < words.count,
        words[..<place].allSatisfy({ $0.hasPrefix("@") || Self.access.contains(String($0)) })
      else { return nil }
      let kinds = Self.importKinds.contains(String(words[place + 1])) && place + 2 < words.count
      let name = words[place + (kinds ? 2 : 1)].prefix { $0 != "." && $0 != ";" }
      return (index + 1, String(name))
    }
  }

  private static let access: Set<String> = ["public", "package", "internal", "fileprivate", "private"]
  private static let importKinds: Set<String> = [
    "struct", "class", "enum", "protocol", "typealias", "func", "let", "var", "actor",
  ]

  /// Declared types with their lines; extensions declare nothing.
  var types: [(line: Int, name: String)] {
    code.enumerated().compactMap { index, line in
      let words = line.split { !$0.isLetter && !$0.isNumber && $0 != "_" }
      guard let place = words.firstIndex(where: { Self.typeKinds.contains(String($0)) }),
        place + 1 < words.count, words[place + 1].first?.isUppercase == true
      else { return nil }
      return (index + 1, String(words[place + 1]))
    }
  }

  private static let typeKinds: Set<String> = ["struct", "class", "enum", "protocol", "actor", "typealias"]
}

/// The text files of the package, as a version control would list them.
enum Tree {
  /// The top of the package, found from this very file.
  static let top = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Made by building and running, never part of the project.
  private static let skipped: Set<String> = [".git", ".build", ".swiftpm", "laurel-home", "Package.resolved"]
  private static let kinds: Set<String> = [
    "swift", "c", "h", "md", "yaml", "yml", "json", "html", "css", "js", "modulemap", "sh", "sql",
  ]
  private static let names: Set<String> = ["Makefile", "LICENSE", "Dockerfile", "run", ".env.example"]

  /// Names at the top that are not made by building.
  static let topNames: [String] = ((try? FileManager.default.contentsOfDirectory(atPath: top.path)) ?? [])
    .filter { !skipped.contains($0) && !$0.hasSuffix(".log") }.sorted()

  static let sources: [Source] = paths.compactMap { path in
    let name = path.split(separator: "/").last.map(String.init) ?? ""
    guard names.contains(name) || kinds.contains((name as NSString).pathExtension) else { return nil }
    guard let text = try? String(contentsOf: top.appending(path: path), encoding: .utf8) else { return nil }
    return Source(path, text)
  }

  private static let paths: [String] = {
    guard let walk = FileManager.default.enumerator(atPath: top.path) else { return [] }
    var paths: [String] = []
    while let path = walk.nextObject() as? String {
      if skipped.contains(String(path.prefix { $0 != "/" })) {
        walk.skipDescendants()
      } else {
        paths.append(path)
      }
    }
    return paths.sorted()
  }()
}
