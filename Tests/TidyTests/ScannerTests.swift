import Testing

@Suite struct ScannerTests {
  @Test(arguments: [
    ("a // b", "a     "), ("a /* b /* c */ d */ e", "a                   e"), ("\"x\" y", "    y"),
    ("\"a\\\"b\" c", "       c"), ("#\"a\"b\"# c", "        c"),
    ("\"\"\"\n\"a\" {\n\"\"\" b", "   \n     \n    b"),
    ("\"\\(f(\"x\"))\" g", "  (f(   ))  g"), ("#\"\\(a) \\#(b)\"# c", "         (b)   c"),
    ("\"http://x\" // y\nz", "               \nz"), ("a / b * c", "a / b * c"), ("\"open\nb", "     \nb"),
    ("", ""),
  ])
  func blanks(text: String, code: String) {
    #expect(Blanking.code(of: text) == code)
  }

  @Test func blankingKeepsLinesWhateverTheTextIs() {
    var state = UInt64.random(in: 0...UInt64.max)
    let seed = state
    let alphabet = ["\"", "\"\"\"", "#", "\\", "(", ")", "/", "*", "\n", "a", "é", "\\("]
    for _ in 0..<500 {
      let text = (0..<40).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return alphabet[Int(state >> 33) % alphabet.count]
      }.joined()
      let code = Blanking.code(of: text)
      #expect(code.utf8.count == text.utf8.count, "seed \(seed)")
      #expect(code.utf8.filter { $0 == 10 }.count == text.utf8.filter { $0 == 10 }.count, "seed \(seed)")
    }
  }

  @Test func findsImports() {
    let source = Source(
      "Shared/A/A.swift",
      """
      import Wire
      @testable import Journal
      public import struct Foundation.Date
      // import X
      let important = 1
      """)
    #expect(source.imports.map(\.module) == ["Wire", "Journal", "Foundation"])
    #expect(source.imports.map(\.line) == [1, 2, 3])
  }

  @Test func measuresFunctions() {
    let code = """
      struct A {
        init(a: Int = [1].map { $0 }.count) {
          self.b = .init()
        }
        subscript(i: Int) -> Int { 1 }
        func long<T>(_ t: T) async throws -> [T]
        where T: Sendable
        {
          if true { while false {} }
          func inner() {
          }
        }
        let f: () -> Void = {
          g()
        }
      }
      protocol P {
        func none() -> Int
        var v: Int { get }
      }
      """
    let found = Functions.all(in: code.split(separator: "\n", omittingEmptySubsequences: false))
    #expect(found.map(\.line) == [2, 5, 6, 10])
    #expect(found.map(\.lines) == [3, 1, 7, 2])
  }
}
