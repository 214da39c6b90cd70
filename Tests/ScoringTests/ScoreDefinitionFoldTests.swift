import Contracts
import Journal
import Support
import Testing
import Wire

@testable import Scoring

@Suite struct ScoreDefinitionFoldTests {
  private let folder: ScratchFolder
  private let twin: Twin<ScoringDefinitionsFold>

  init() throws {
    folder = try ScratchFolder()
    twin = try Twin(ScoringDefinitionsFold(), partition: 64, path: "\(folder.path)/twin.sqlite")
  }

  private func patch(_ text: String) throws -> Frames {
    try twin.command(ScoringMethod.patchDefinition, [Array(text.utf8)], now: 2)
  }

  @Test func seedsOnce() throws {
    try twin.command(ScoringDefinitionsFold.seed, [], now: 1)
    try twin.command(ScoringDefinitionsFold.seed, [], now: 2)
    #expect(twin.outputs.count == 1)
    let text = String(decoding: twin.outputs[0], as: UTF8.self)
    #expect(text.hasPrefix(#"{"v":1,"kind":"score_definition","id":"scores","prev":0,"definition":{"#))
    let fold = ScoringFold(zone: .utc)
    guard case .score(let definition) = try fold.decode(.scoringDefinitions, 1, twin.outputs[0][...]) else {
      Issue.record("no score definition")
      return
    }
    #expect(definition == .initial)
  }

  @Test func editsMakeVersions() throws {
    try twin.command(ScoringDefinitionsFold.seed, [], now: 1)
    let reply = try patch(#"{"changes":{"full_marks":{"engagement":{"calls_30d":60}}}}"#)
    let definition = try Cold.decode(ScoreDefinition.self, try #require(reply.first))
    #expect(definition.version == 2 && definition.origin == .operator)
    #expect(definition.fullMarks["engagement"]?["calls_30d"] == Decimal6(60))
    #expect(String(decoding: twin.outputs[1], as: UTF8.self).contains(#""prev":1"#))
    _ = try patch(#"{"changes":{"full_marks":{"engagement":{"calls_30d":60}}}}"#)
    #expect(twin.outputs.count == 2)
    try twin.command(ScoringDefinitionsFold.seed, [], now: 3)
    #expect(twin.outputs.count == 2)
  }

  @Test func refusalsChangeNothing() throws {
    #expect(throws: WireError.self) { try patch(#"{"changes":{"full_marks":{}}}"#) }
    try twin.command(ScoringDefinitionsFold.seed, [], now: 1)
    let error = #expect(throws: WireError.self) {
      try patch(#"{"changes":{"full_marks":{"engagement":{"calls_30d":60,"sms_30d":-1}}}}"#)
    }
    #expect(error?.message.contains("full_marks.engagement.sms_30d") == true)
    #expect(twin.outputs.count == 1)
    #expect(throws: WireError.self) { try twin.command("scoring.v1/none", [], now: 3) }
  }

  /// A later release's values replace those that nobody edited, under a new version.
  @Test func laterReleasesUpdateUntouchedDefaults() throws {
    try twin.command(ScoringDefinitionsFold.seed, [], now: 1)
    var later = ScoringDefinitionsFold()
    later.release = try ScoreDefinition.initial.changed(["engagement": ["calls_30d": Decimal6(40)]])
    let known = try #require(try twin.reader.row(DefinitionsRow.scores)?.active)
    let updated = try #require(later.updated(known))
    #expect(updated.version == 2 && updated.origin == .default)
    #expect(updated.fullMarks["engagement"]?["calls_30d"] == Decimal6(40))
    #expect(later.updated(updated) == nil)
    var edited = known
    edited.origin = .operator
    #expect(later.updated(edited) == nil)
  }
}
