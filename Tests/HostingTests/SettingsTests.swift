import Testing

@testable import Hosting

@Suite struct SettingsTests {
  private let common = Setting.common(service: "scoring", instance: "scoring-host")

  private func refusal(_ make: () throws(SettingsError) -> Settings) -> [SettingsError.Problem] {
    do {
      _ = try make()
      return []
    } catch {
      return error.problems
    }
  }

  @Test func defaultsFollowOneAnother() throws {
    let settings = try Settings(declared: common, environment: ["LAUREL_HOME": "/srv/laurel"])
    #expect(settings.path("LAUREL_RUN") == "/srv/laurel/run")
    #expect(settings.text("LAUREL_DATABASE") == "sqlite:/srv/laurel/scoring.sqlite")
    #expect(settings.list("LAUREL_GATEWAY_URLS") == ["ipc:///srv/laurel/run/gateway.rpc"])
    #expect(settings.integer("LAUREL_PARTITIONS") == 64)
    #expect(settings.zone("LAUREL_ZONE").name == "UTC")
    #expect(settings.text("LAUREL_INSTANCE") == "scoring-host")
    #expect(settings.values["LAUREL_RUN"]?.source == "default")
    #expect(settings.values["LAUREL_HOME"]?.source == "environment")
  }

  @Test func everyDefaultIsAllowed() {
    for setting in common where !setting.initial.contains("{") {
      #expect(SettingValue.accepted(setting.initial, setting.kind) == setting.initial, "\(setting.name)")
    }
  }

  @Test(arguments: ["laurel.yaml", "laurel.json"])
  func commandLineBeatsEnvironmentBeatsFile(name: String) throws {
    let yaml = "partitions: 8\nzone: Europe/Berlin\nlog: json\ngateway_urls:\n  - tcp://a:1\n  - tcp://b:2\n"
    let json =
      #"{"partitions":8, "zone": "Europe/Berlin", "log": "json", "gateway_urls": ["tcp://a:1","tcp://b:2"]}"#
    let file = try TemporaryFile(name, name.hasSuffix("json") ? json : yaml)
    defer { file.remove() }
    let settings = try Settings(
      declared: common, arguments: ["LAUREL_LOG": "text"],
      environment: ["LAUREL_CONFIG": file.path, "LAUREL_ZONE": "Asia/Tokyo", "LAUREL_LOG": "json"])
    #expect(settings.integer("LAUREL_PARTITIONS") == 8)
    #expect(settings.values["LAUREL_PARTITIONS"]?.source == "file \(file.path)")
    #expect(settings.text("LAUREL_ZONE") == "Asia/Tokyo")
    #expect(settings.text("LAUREL_LOG") == "text")
    #expect(settings.values["LAUREL_LOG"]?.source == "command line")
    #expect(settings.list("LAUREL_GATEWAY_URLS") == ["tcp://a:1", "tcp://b:2"])
    #expect(settings.warnings == [])
  }

  @Test func booleansInAnyFileFormat() throws {
    let flag = [Setting("LAUREL_FAST", .boolean, default: "false", help: "")]
    for (name, text, expected) in [
      ("a.json", #"{"fast": true}"#, true), ("b.yaml", "fast: on", true), ("c.yaml", "fast: no", false),
      ("d.yaml", "", false),
    ] {
      let file = try TemporaryFile(name, text)
      defer { file.remove() }
      let settings = try Settings(declared: flag, environment: [:], file: file.path)
      #expect(settings.boolean("LAUREL_FAST") == expected, "\(name)")
    }
  }

  @Test func allBadValuesAreNamedAtOnce() {
    let problems = refusal { () throws(SettingsError) in
      try Settings(
        declared: common,
        environment: [
          "LAUREL_PARTITIONS": "many", "LAUREL_ZONE": "Mars/Base", "LAUREL_CLOCK": "broken",
          "LAUREL_LOG": "json",
        ])
    }
    #expect(problems.map(\.name) == ["LAUREL_PARTITIONS", "LAUREL_ZONE", "LAUREL_CLOCK"])
    #expect(problems[0].read == "\"many\" from the environment")
    #expect(problems[0].allowed == "a whole number from 1 to 4096")
    #expect(problems[2].allowed == "one of system, stepped")
  }

  @Test(arguments: ["0", "4097", "-1", "1.5", " 3", "9223372036854775808"])
  func partitionsOutOfRange(raw: String) {
    let problems = refusal { () throws(SettingsError) in
      try Settings(declared: common, environment: ["LAUREL_PARTITIONS": raw])
    }
    #expect(problems.map(\.name) == ["LAUREL_PARTITIONS"])
  }

  @Test func aBadFileValueNamesTheFile() throws {
    let file = try TemporaryFile("laurel.json", #"{"partitions": 1.5, "zone": {"a": 1}}"#)
    defer { file.remove() }
    let problems = refusal { () throws(SettingsError) in
      try Settings(declared: common, environment: [:], file: file.path)
    }
    #expect(problems.map(\.name) == ["LAUREL_PARTITIONS"])
    #expect(problems.first?.read == "\"1.5\" from the file \(file.path)")
  }

  @Test func unreadableFilesAreRefused() throws {
    let broken = try TemporaryFile("laurel.yaml", "a: [1, 2")
    defer { broken.remove() }
    for path in [broken.path, broken.path + ".absent"] {
      let problems = refusal { () throws(SettingsError) in
        try Settings(declared: common, environment: ["LAUREL_CONFIG": path])
      }
      #expect(problems.count == 1, "\(path)")
    }
  }

  @Test func unknownNamesAreWarnedOf() throws {
    let file = try TemporaryFile("laurel.yaml", "partition: 8\nzone: UTC\n# comment: no\n")
    defer { file.remove() }
    let settings = try Settings(
      declared: common, environment: ["LAUREL_ZONES": "UTC", "PATH": "/bin"], file: file.path)
    #expect(
      settings.warnings == [
        "LAUREL_ZONES is no setting of this service",
        "partition in \(file.path) is no setting of this service",
      ])
  }

  @Test func anUnknownOptionIsAnError() {
    let problems = refusal { () throws(SettingsError) in
      try Settings(declared: common, arguments: ["LAUREL_GATE_URL": "x"], environment: [:])
    }
    #expect(problems.map(\.read) == ["--gate-url"])
  }

  @Test func anEmptyVariableCountsAsAbsent() throws {
    let settings = try Settings(declared: common, environment: ["LAUREL_ZONE": ""])
    #expect(settings.text("LAUREL_ZONE") == "UTC")
  }

  @Test func secretsAreMaskedInReportsAndErrors() throws {
    let declared = [
      Setting("LAUREL_PIN", .text, default: "", secret: true, help: "the pin"),
      Setting("LAUREL_URL", .text, default: "", help: "the address"),
      Setting("LAUREL_CODE", .integer(1...9), default: "1", secret: true, help: "the code"),
    ]
    let environment = ["LAUREL_PIN": "hunter2", "LAUREL_URL": "postgres://ann:s3cr3t@db:5432/laurel"]
    let report = try Settings(declared: declared, environment: environment).report
    #expect(!report.contains("hunter2") && !report.contains("s3cr3t"))
    #expect(report.contains("LAUREL_PIN   ********"))
    #expect(report.contains("postgres://ann:********@db:5432/laurel"))
    let problems = refusal { () throws(SettingsError) in
      try Settings(declared: declared, environment: ["LAUREL_CODE": "4711"])
    }
    #expect(problems.map(\.read) == ["\"********\" from the environment"])
  }
}
