import Testing

@Suite struct TidyTests {
  static let rules = ImportRules.all + TextRules.all

  @Test(arguments: rules) func holdsInTheWholeTree(rule: Rule) {
    let offences = rule.offences(in: Tree.sources)
    if offences.isEmpty { return }
    Issue.record("\(rule.name)\n\(offences.joined(separator: "\n"))")
  }

  @Test(arguments: rules) func wouldBeNoticed(rule: Rule) {
    #expect(!rule.offences(in: [rule.planted]).isEmpty)
    #expect(rule.offences(in: [rule.innocent]).isEmpty)
  }

  @Test func ruleNamesAreTheirOwn() {
    #expect(Set(Self.rules.map(\.name)).count == Self.rules.count)
  }

  @Test func theTreeIsFound() {
    #expect(Tree.topNames.contains("Package.swift"))
    #expect(Tree.sources.contains { $0.path == "Tests/TidyTests/TidyTests.swift" })
    #expect(!Tree.sources.contains { $0.path.contains(".build/") })
  }

  @Test func theTopHoldsOnlyTheFixedNames() {
    #expect(Layout.unexpected(Tree.topNames) == [])
  }

  @Test func anUnexpectedNameAtTheTopIsNoticed() {
    #expect(Layout.unexpected(["Package.swift", "notes.md", ".ci", "Sources"]) == ["notes.md", "Sources"])
  }

  @Test func everyTestFolderTests() {
    #expect(Layout.foldersWithoutTest(Tree.sources) == [])
  }

  @Test func aTestFolderWithoutTestIsNoticed() {
    let sources = [
      Source("Tests/ATests/A.swift", "// @Test\n"), Source("Tests/BTests/B.swift", "@Test func b() {}"),
      Source("Tests/Support/C.swift", ""),
    ]
    #expect(Layout.foldersWithoutTest(sources) == ["ATests"])
  }
}

/// Rules about the tree rather than about one file.
enum Layout {
  static let top: Set<String> = [
    "Package.swift", "README.md", "Makefile", "LICENSE", "Services", "Shared", "Tests", "compose",
  ]

  static func unexpected(_ names: [String]) -> [String] {
    names.filter { !top.contains($0) && !$0.hasPrefix(".") }
  }

  static func foldersWithoutTest(_ sources: [Source]) -> [String] {
    let tests = sources.filter { $0.fits("Tests/*Tests/*.swift") }
    let folders = Set(tests.map(\.module))
    let testing = Set(tests.filter { $0.code.contains { $0.contains("@Test") } }.map(\.module))
    return folders.subtracting(testing).sorted()
  }
}
