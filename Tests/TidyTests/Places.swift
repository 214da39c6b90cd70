/// The parts of the tree that rules speak of, as shell patterns.
enum Places {
  static let swift = ["Package.swift", "Services/*.swift", "Shared/*.swift", "Tests/*.swift"]
  static let product = ["Services/*.swift", "Shared/*.swift"]
  static let shared = ["Shared/*.swift"]
  static let sources = swift + ["Tests/*.c", "Tests/*.h", "Shared/*.h"]
  static let everything = ["*"]
  /// This folder names what is forbidden.
  static let ownRules = ["Tests/TidyTests/*"]

  /// Services that have a domain; the gateway has none.
  static let domainServices = ["Ingestion", "Scoring", "Missions", "Badging"]
  /// The files of such a service that are not its domain.
  static let shell = [
    "Main.swift", "Config*.swift", "*Service.swift", "Handlers*.swift", "*Store.swift", "*Connector.swift",
    "*Fold.swift", "*Run.swift", "*Runner.swift",
  ]
  static let domain = domainServices.map { "Services/\($0)/*.swift" }
  static let domainExcept = shell.map { "Services/*/\($0)" }

  /// What writes on a terminal.
  static let talking = ["Services/Command/*", "Services/*/Main.swift"]
}

/// Which of our modules may import which of ours.
enum Modules {
  static let services: Set<String> = ["Gateway", "Ingestion", "Scoring", "Missions", "Badging", "Command"]
  static let clibs: Set<String> = ["CNNG", "CSQLite", "CPostgres", "CZlib", "CSimdjson", "CReference"]
  static let libraries: Set<String> = [
    "Wire", "Rules", "Contracts", "Measures", "Messaging", "Storage", "Journal", "Hosting", "Running",
    "Gzip",
  ]
  static let all = services.union(clibs).union(libraries).union(["Support"])

  static let shared: [(module: String, may: Set<String>)] = [
    ("Wire", []),
    ("Rules", ["Wire"]),
    ("Gzip", ["CZlib"]),
    ("Contracts", ["Wire", "Rules"]),
    ("Measures", ["Wire", "Contracts"]),
    ("Messaging", ["Wire", "CNNG"]),
    ("Storage", ["CSQLite", "CPostgres"]),
    ("Journal", ["Wire", "Contracts", "Messaging", "Storage"]),
    ("Hosting", ["Wire", "Messaging"]),
    ("Running", ["Wire", "Contracts", "Messaging", "Storage", "Journal", "Hosting"]),
  ]
}
