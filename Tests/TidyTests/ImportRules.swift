/// Who may import whom.
enum ImportRules {
  static let all = ours + foreign

  /// One rule for each of our modules.
  private static let ours: [Rule] =
    Modules.shared.map { module, may in
      rule("Shared/\(module)", may, offender: outsider(of: may, module))
    } + Modules.services.sorted().map { rule("Services/\($0)", Modules.libraries, offender: "CNNG") } + [
      rule(
        "Tests/Support", ["Wire", "Contracts", "Messaging", "Storage", "Journal"], offender: "Hosting"),
      Rule(
        "tests import no C library", in: ["Tests/*.swift"], .imports("CNNG", "CSQLite", "CPostgres", "CZlib"),
        planted: ("Tests/WireTests/A.swift", "@testable import CNNG"),
        innocent: ("Tests/WireTests/A.swift", "@testable import Messaging\n// import CNNG")),
      Rule(
        "the command is no part of a service", in: ["Services/Command/*.swift"],
        .imports("Gateway", "Ingestion", "Scoring", "Missions", "Badging"),
        planted: ("Services/Command/A.swift", "import Scoring"),
        innocent: ("Services/Command/A.swift", "import Contracts")),
    ]

  /// A module that may not be imported.
  private static func outsider(of may: Set<String>, _ module: String) -> String {
    ["Hosting", "Contracts", "Scoring"].first { $0 != module && !may.contains($0) } ?? "Scoring"
  }

  private static func rule(_ folder: String, _ may: Set<String>, offender: String) -> Rule {
    let allowed = may.sorted().map { "import \($0)\n" }.joined()
    return Rule(
      "\(folder) imports of ours only \(may.isEmpty ? "nothing" : may.sorted().joined(separator: ", "))",
      in: ["\(folder)/*.swift"], .imports(otherThan: may, among: Modules.all),
      planted: ("\(folder)/A.swift", "import Synchronization\npublic import struct \(offender).Thing"),
      innocent: ("\(folder)/A.swift", "import Synchronization\n\(allowed)/* import \(offender) */"))
  }

  private static let foreign: [Rule] = [
    Rule(
      "Wire, Messaging and Rules go without Foundation",
      in: ["Shared/Wire/*.swift", "Shared/Messaging/*.swift", "Shared/Rules/*.swift"],
      .imports("Foundation", "FoundationEssentials"),
      planted: ("Shared/Rules/A.swift", "import Foundation"),
      innocent: ("Shared/Contracts/A.swift", "import Foundation")),
    Rule(
      "pure modules do not log",
      in: ["Shared/Wire/*", "Shared/Rules/*", "Shared/Measures/*", "Shared/Contracts/*"].map {
        $0 + ".swift"
      },
      .imports("Logging"), planted: ("Shared/Measures/A.swift", "import Logging"),
      innocent: ("Shared/Hosting/A.swift", "import Logging")),
    Rule(
      "only the gateway speaks HTTP", in: Places.product, except: ["Services/Gateway/*"],
      .imports("Hummingbird", "HummingbirdCore", "HummingbirdRouter", "HTTPTypes"),
      planted: ("Services/Scoring/A.swift", "import Hummingbird"),
      innocent: ("Services/Gateway/A.swift", "import Hummingbird")),
    Rule(
      "only the command parses arguments with a library", in: Places.product, except: ["Services/Command/*"],
      .imports("ArgumentParser"), planted: ("Services/Scoring/A.swift", "import ArgumentParser"),
      innocent: ("Services/Command/A.swift", "import ArgumentParser")),
    Rule(
      "only hosting reads configuration", in: Places.product, except: ["Shared/Hosting/*"],
      .imports("Configuration", "UnixSignals"),
      planted: ("Services/Scoring/A.swift", "internal import Configuration"),
      innocent: ("Shared/Hosting/A.swift", "import Configuration")),
    Rule(
      "domain files import nothing that acts", in: Places.domain, except: Places.domainExcept,
      // Of Journal a domain uses rows and the work of a step, which act on nothing; Gzip only computes.
      .imports(
        otherThan: [
          "Wire", "Contracts", "Measures", "Rules", "Journal", "Gzip", "Foundation", "Synchronization",
        ]),
      planted: ("Services/Missions/Streak.swift", "import Storage"),
      innocent: ("Services/Missions/MissionStore.swift", "import Storage")),
  ]
}
