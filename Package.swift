// swift-tools-version: 6.2
import PackageDescription

// The package in one picture: Services/ are executables, Shared/ are libraries, Tests/ mirror both.
// Which module may import which is written in Tests/TidyTests and checked there.

let shared: [Target.Dependency] = [
  "Wire", "Contracts", "Measures", "Rules", "Messaging", "Storage", "Journal", "Hosting", "Running",
  "Gzip",
]
let log: Target.Dependency = .product(name: "Logging", package: "swift-log")
let signals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let configuration: Target.Dependency = .product(name: "Configuration", package: "swift-configuration")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let httpClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")

func service(_ name: String, _ more: [Target.Dependency] = [], resources: [Resource] = []) -> Target {
  .executableTarget(
    name: name, dependencies: shared + [log] + more, path: "Services/\(name)", resources: resources)
}

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, path: "Shared/\(name)")
}

func system(_ name: String, pkgConfig: String? = nil, apt: String) -> Target {
  .systemLibrary(name: name, path: "Shared/\(name)", pkgConfig: pkgConfig, providers: [.apt([apt])])
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies + ["Support"], path: "Tests/\(name)")
}

let services: [Target.Dependency] = ["Gateway", "Ingestion", "Scoring", "Missions", "Badging"]

let package = Package(
  name: "laurel",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "laurel-gateway", targets: ["Gateway"]),
    .executable(name: "laurel-ingestion", targets: ["Ingestion"]),
    .executable(name: "laurel-scoring", targets: ["Scoring"]),
    .executable(name: "laurel-missions", targets: ["Missions"]),
    .executable(name: "laurel-badging", targets: ["Badging"]),
    .executable(name: "laurel", targets: ["Command"]),
    .executable(name: "laurel-reference", targets: ["CReference"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(
      url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: [.defaults, "YAML"]),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    system("CNNG", apt: "libnng-dev"),
    system("CSQLite", pkgConfig: "sqlite3", apt: "libsqlite3-dev"),
    system("CPostgres", pkgConfig: "libpq", apt: "libpq-dev"),
    system("CZlib", pkgConfig: "zlib", apt: "zlib1g-dev"),

    library("Wire"),
    library("Rules", ["Wire"]),
    library("Gzip", ["CZlib"]),
    library("Contracts", ["Wire", "Rules"]),
    library("Measures", ["Wire", "Contracts"]),
    library("Messaging", ["Wire", "CNNG"]),
    library("Storage", ["CSQLite", "CPostgres"]),
    library("Journal", ["Wire", "Contracts", "Messaging", "Storage"]),
    library("Hosting", ["Wire", "Messaging", log, signals, configuration]),
    library("Running", ["Wire", "Contracts", "Messaging", "Storage", "Journal", "Hosting", log]),

    service("Gateway", [hummingbird, crypto, lifecycle]),
    service("Ingestion", [httpClient, .product(name: "NIOCore", package: "swift-nio")]),
    service("Scoring"),
    service("Missions", resources: [.embedInCode("templates.json")]),
    service("Badging", resources: [.embedInCode("badges.json"), .embedInCode("offers.json")]),
    .executableTarget(
      name: "Command", dependencies: shared + [log, arguments, yams, httpClient, crypto],
      path: "Services/Command"),
    .executableTarget(
      name: "CReference", dependencies: ["CNNG", "CSQLite", "CPostgres"], path: "Tests/CReference",
      linkerSettings: [.linkedLibrary("nng"), .linkedLibrary("sqlite3"), .linkedLibrary("pq")]),

    .target(
      name: "Support", dependencies: ["Wire", "Contracts", "Messaging", "Storage", "Journal"],
      path: "Tests/Support"),
    tests("WireTests", ["Wire"]),
    tests("RulesTests", ["Rules", "Wire"]),
    tests("GzipTests", ["Gzip"]),
    tests("ContractsTests", ["Contracts", "Wire"]),
    tests("MeasuresTests", ["Measures", "Contracts", "Wire"]),
    tests("MessagingTests", ["Messaging", "Wire"]),
    tests("StorageTests", ["Storage"]),
    tests("JournalTests", ["Wire", "Contracts", "Messaging", "Storage", "Journal"]),
    tests("HostingTests", ["Hosting", "Messaging", "Wire"]),
    tests("IngestionTests", shared + ["Ingestion"]),
    tests("ScoringTests", shared + ["Scoring"]),
    tests("MissionsTests", shared + ["Missions"]),
    tests("BadgingTests", shared + ["Badging"]),
    tests("GatewayTests", shared + ["Gateway", httpClient]),
    tests("CommandTests", shared + ["Command", "Ingestion"]),
    tests("PipelineTests", shared + services),
    tests(
      "ProcessTests",
      [
        "Wire", "Contracts", "Messaging", "Hosting", "Storage", httpClient,
        .product(name: "NIOCore", package: "swift-nio"),
      ]),
    tests("TidyTests", []),
  ],
  swiftLanguageModes: [.v6]
)
