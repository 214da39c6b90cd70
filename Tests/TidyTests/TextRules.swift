/// Sizes, names and words.
enum TextRules {
  static let all = sizes + names + words + calls

  private static func long(_ count: Int, _ line: String = "let a = 1\n") -> String {
    String(repeating: line, count: count)
  }

  private static func function(_ lines: Int) -> String {
    "protocol P { func b() }\nfunc a(c: () -> Int = { 1 }) {\n" + long(lines - 2, "  // { \"\n") + "}\n"
  }

  private static let sizes: [Rule] = [
    Rule(
      "a file has at most 300 lines", in: Places.sources, .lines(over: 300),
      planted: ("Shared/Wire/A.swift", long(301)), innocent: ("Shared/Wire/A.swift", long(300))),
    Rule(
      "a line has at most 110 columns", in: Places.sources, .columns(over: 110),
      planted: ("Shared/Wire/A.swift", long(111, "x")), innocent: ("Shared/Wire/A.swift", long(110, "é"))),
    Rule(
      "a function has at most 70 lines", in: Places.swift, .functions(over: 70),
      planted: ("Shared/Wire/A.swift", function(71)), innocent: ("Shared/Wire/A.swift", function(70))),
    Rule(
      "a service's main file has at most 25 lines", in: ["Services/*/Main.swift"], .lines(over: 25),
      planted: ("Services/Scoring/Main.swift", long(26)),
      innocent: ("Services/Scoring/Main.swift", long(25))),
  ]

  private static let names: [Rule] = [
    Rule(
      "names say what a thing does", in: Places.swift,
      .names(endingIn: "Utils", "Util", "Helpers", "Helper", "Common", "Manager", "Placeholder"),
      planted: ("Shared/Wire/A.swift", "final class RuleManager {}"),
      innocent: ("Shared/Wire/A.swift", "extension FileManager { let common = 1 }")),
    Rule(
      "no type is named as its module", in: Places.product, .typeNamedAsModule,
      planted: ("Shared/Journal/A.swift", "public struct Journal {}"),
      innocent: ("Shared/Journal/A.swift", "public struct JournalPage {}")),
    Rule(
      "a public type has a summary", in: Places.shared, .typeWithoutSummary,
      planted: ("Shared/Wire/A.swift", "// Words.\npublic struct A {}"),
      innocent: ("Shared/Wire/A.swift", "/// Words.\n@frozen\npublic struct A {}\nstruct B {}")),
  ]

  private static let words: [Rule] = [
    Rule(
      "what is not done is not in the text", in: Places.everything, except: Places.ownRules,
      .text("TODO", "FIXME", "XXX", "HACK"), planted: ("README.md", "TODO: more"),
      innocent: ("Shared/Wire/A.swift", "let TODOS = 1")),
    Rule(
      "nothing stands in for the real thing", in: Places.product,
      // SQL calls the places of its parameters so.
      except: ["Shared/Storage/*"], .text("stub", "Stub", "placeholder"),
      planted: ("Shared/Wire/A.swift", "// A stub."), innocent: ("Shared/Wire/A.swift", "// Stubborn.")),
    Rule(
      "no paths of one machine", in: Places.everything, except: Places.ownRules,
      .text("/work/", "/root/", "/Users/"), planted: ("compose/a.yaml", "volume: /root/x"),
      innocent: ("README.md", "it works/rests")),
    Rule(
      "the text speaks of the product", in: Places.everything, except: Places.ownRules,
      .text("Claude", "AI agent", "LLM", "session of"), planted: ("README.md", "by an LLM"),
      innocent: ("README.md", "LLMs, sessions")),
  ]

  private static let calls: [Rule] = [
    Rule(
      "no traps and no unchecked promises", in: Places.swift,
      .code("try!", "fatalError(", "@unchecked Sendable"),
      planted: ("Tests/WireTests/A.swift", "let a = \"\\(try! b())\""),
      innocent: ("Tests/WireTests/A.swift", "let a = \"try!\" // fatalError(")),
    Rule(
      "unsafe state only beside C", in: Places.swift, except: ["Shared/Messaging/*", "Shared/Storage/*"],
      .code("nonisolated(unsafe)"), planted: ("Shared/Wire/A.swift", "nonisolated(unsafe) var a = 1"),
      innocent: ("Shared/Storage/A.swift", "nonisolated(unsafe) var a = 1")),
    Rule(
      "the line above unsafe state proves it", in: Places.swift, .unexplained("nonisolated(unsafe)"),
      planted: ("Shared/Storage/A.swift", "let b = 1\nnonisolated(unsafe) var a = 1"),
      innocent: ("Shared/Storage/A.swift", "  // One thread.\n  nonisolated(unsafe) var a = 1")),
    Rule(
      "nobody blocks a thread by sleeping", in: Places.swift, .code("Thread.sleep", "usleep(", "sleep(1)"),
      planted: ("Tests/WireTests/A.swift", "Thread.sleep(forTimeInterval: 1)"),
      innocent: ("Tests/WireTests/A.swift", "try await Task.sleep(for: .seconds(1))")),
    Rule(
      "time is an argument", in: Places.product, .code("Date()", "Date.now", "gettimeofday("),
      planted: ("Services/Scoring/A.swift", "let a = Date()"),
      innocent: ("Services/Scoring/A.swift", "let a = startDate(), b = Date(timeIntervalSince1970: 0)")),
    Rule(
      "only the command and a main file print", in: Places.product, except: Places.talking,
      .code("print(", "debugPrint(", "dump("), planted: ("Shared/Wire/A.swift", "print(1)"),
      innocent: ("Services/Scoring/Main.swift", "print(1)")),
    Rule(
      "only configuration reads the environment", in: Places.product,
      except: ["Services/*/Config.swift", "Services/Command/*"],
      .code("ProcessInfo.processInfo.environment", "getenv("),
      planted: ("Shared/Hosting/A.swift", "let a = ProcessInfo.processInfo.environment"),
      innocent: ("Services/Scoring/Config.swift", "let a = ProcessInfo.processInfo.environment")),
    Rule(
      "domain files are pure", in: Places.domain, except: Places.domainExcept,
      .code(
        "async", "await", ".random(", ".randomElement(", ".shuffled(", ".shuffle(",
        "SystemRandomNumberGenerator",
        "UUID()", "ContinuousClock", "FileManager", "URLSession", "ProcessInfo", "Logger"),
      planted: ("Services/Badging/Ledger.swift", "func a() async {}"),
      innocent: ("Services/Badging/Ledger.swift", "let asynchronous = randomness")),
  ]
}
