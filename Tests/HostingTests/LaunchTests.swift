import Testing

@testable import Hosting

@Suite struct LaunchTests {
  private let declared = Setting.common(service: "scoring", instance: "scoring-host")

  private func decide(_ words: [String], _ environment: [String: String] = [:]) -> Launch {
    Launch.decide(
      service: "scoring", version: "1.2.3", declared: declared, words: words, environment: environment)
  }

  private func finished(_ launch: Launch) -> (code: Int32, output: String)? {
    if case .finish(let code, let output) = launch { return (code, output) }
    return nil
  }

  @Test func optionsInBothForms() throws {
    let arguments = try Arguments(["--clock", "stepped", "--gateway-urls=tcp://a:1", "--rebuild"])
    #expect(arguments.mode == .rebuild)
    #expect(arguments.overrides == ["LAUREL_CLOCK": "stepped", "LAUREL_GATEWAY_URLS": "tcp://a:1"])
  }

  @Test(arguments: [["word"], ["--clock"], ["--clock", "--zone"], ["--check", "--health"], ["--"], ["-c"]])
  func wrongWordsAreRefused(words: [String]) {
    #expect(throws: SettingsError.self) { try Arguments(words) }
    #expect(finished(decide(words))?.code == 1)
  }

  @Test func valuesMayBeginWithDashesOrBeEmptyAfterAnEqualsSign() throws {
    #expect(try Arguments(["--pin=--x=y"]).overrides == ["LAUREL_PIN": "--x=y"])
    #expect(try Arguments(["--pin="]).overrides == ["LAUREL_PIN": ""])
  }

  @Test func runsByDefault() throws {
    guard case .run(let settings) = decide(["--zone", "Asia/Tokyo"]) else {
      Issue.record("it does not run")
      return
    }
    #expect(settings.text("LAUREL_ZONE") == "Asia/Tokyo")
  }

  @Test func healthAndRebuildTakeTheirSettingsAlong() {
    guard case .health(let settings) = decide(["--health", "--run", "/r"]) else {
      Issue.record("it does not ask for health")
      return
    }
    #expect(settings.path("LAUREL_RUN") == "/r")
    guard case .rebuild = decide(["--rebuild"]) else {
      Issue.record("it does not rebuild")
      return
    }
  }

  @Test func checkPrintsValuesAndWarnings() throws {
    let result = try #require(finished(decide(["--check"], ["LAUREL_PARTITIONS": "8", "LAUREL_ODD": "1"])))
    #expect(result.code == 0)
    let line = result.output.split(separator: "\n").first { $0.hasPrefix("LAUREL_PARTITIONS") }
    let words = try #require(line).split(separator: " ").map(String.init)
    #expect(words.prefix(3) == ["LAUREL_PARTITIONS", "8", "environment"])
    #expect(result.output.hasSuffix("warning: LAUREL_ODD is no setting of this service"))
  }

  @Test func checkFailsOnBadValues() throws {
    let result = try #require(finished(decide(["--check"], ["LAUREL_PARTITIONS": "x"])))
    #expect(result.code == 1)
    #expect(
      result.output
        == "LAUREL_PARTITIONS: read \"x\" from the environment, allowed is a whole number from 1 to 4096")
  }

  @Test func helpListsEverySettingEvenWhenValuesAreBad() throws {
    let result = try #require(finished(decide(["--help"], ["LAUREL_PARTITIONS": "x"])))
    #expect(result.code == 0)
    for setting in declared { #expect(result.output.contains(setting.option + " ")) }
  }

  @Test func versionIsOneLine() throws {
    #expect(try #require(finished(decide(["--version"]))).output == "laurel-scoring 1.2.3")
  }
}
