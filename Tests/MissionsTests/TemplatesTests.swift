import Contracts
import Foundation
import Journal
import Testing
import Wire

@testable import Missions

@Suite struct TemplatesTests {
  private let folder: Folder
  private let twin: Twin<TemplatesFold>

  init() throws {
    folder = try Folder()
    twin = try Twin(TemplatesFold(), partition: 64, path: folder.path + "/templates.db")
  }

  private func seed(_ texts: [[UInt8]] = Field.callingTexts) throws {
    try twin.command(JournalMethod.seed, texts, now: At.monday)
  }

  @discardableResult
  private func patch(_ slug: String, _ changes: String) throws -> String {
    let payload = Array(#"{"slug": "\#(slug)", "changes": \#(changes)}"#.utf8)
    let reply = try twin.command(Method.patchTemplate, [payload], now: At.monday)
    return String(decoding: reply.first ?? [], as: UTF8.self)
  }

  private var journal: [MissionTemplate] {
    get throws {
      try twin.outputs.compactMap {
        try DefinitionEntry<MissionTemplate>($0[...], kind: "template")?.definition
      }
    }
  }

  @Test func aSecondSeedAddsNothing() throws {
    try seed()
    try seed()
    #expect(twin.outputs.count == 2)
  }

  @Test func aLaterReleaseUpdatesOnlyWhatNobodyEdited() throws {
    try seed()
    try patch("first_call", #"{"priority": 3}"#)
    let later = Field.callingTexts.map {
      Array(
        String(decoding: $0, as: UTF8.self).replacing(#""description": ""#, with: #""description": "New. "#)
          .utf8)
    }
    try seed(later)
    let updated = try #require(try journal.last)
    #expect(twin.outputs.count == 4)
    #expect((updated.slug, updated.version, updated.origin) == ("call_frequency", 2, .default))
    #expect(updated.description.hasPrefix("New. "))
    #expect(twin.registers.pages["first_call"]?.template.priority == 3)
  }

  @Test func aBareSeedTakesTheReleasesOwn() throws {
    try seed([Array("{}".utf8)])
    let first = try journal
    #expect(first == Field.catalogue)
    try seed(Array(TemplatesFold.seed.payloads).map { Array($0) })
    #expect(twin.outputs.count == 29)
  }

  @Test func aSeedWithABadTemplateChangesNothing() throws {
    #expect(throws: WireError.self) { try seed([TemplateDefaults.texts[0], Array(#"{"slug": "x"}"#.utf8)]) }
    #expect(twin.outputs.isEmpty)
  }

  @Test func aPatchMakesTheNextVersion() throws {
    try seed()
    let answer = try patch(
      "call_frequency",
      #"{"reward_config": {"points": 200}, "threshold": {"value": 25, "max": 90}, "is_active": false}"#)
    let changed = try #require(try journal.last)
    #expect((changed.version, changed.origin, changed.isActive) == (2, .operator, false))
    #expect(changed.rewardConfig == Reward(points: 200))
    #expect((changed.threshold.value, changed.threshold.max) == (Decimal6(25), Decimal6(90)))
    #expect(changed.threshold.personalize)
    #expect(changed.generationRules == ["min_engagement_score": Decimal6(20)])
    #expect(answer.contains(#""version":2"#))
    #expect(answer.contains(#""position":{"partition":64,"journal":"definitions.missions","number":3}"#))
  }

  @Test func aPatchThatChangesNothingMakesNoVersion() throws {
    try seed()
    try patch("first_call", #"{"priority": 10, "threshold": {}}"#)
    #expect(twin.outputs.count == 2)
  }

  @Test(arguments: [
    (#"{"colour": 1}"#, "colour"), (#"{"slug": "x"}"#, "slug"), (#"{"metric": "x"}"#, "metric"),
    (#"{"version": 9}"#, "version"), (#"{"threshold": {"value": 0}}"#, "threshold.value"),
    (#"{"threshold": {"limit": 1}}"#, "threshold.limit"), (#"{"threshold": 3}"#, "threshold"),
    (#"{"threshold": {"value": "x"}}"#, "threshold.value"), (#"{"threshold": {"min": 70}}"#, "threshold.max"),
    (#"{"threshold": {"operator": "<"}}"#, "threshold.operator"),
    (#"{"reward_config": {"points": -1}}"#, "reward_config.points"),
    (#"{"reward_config": {"coins": 1}}"#, "reward_config.coins"),
    (#"{"reward_config": {"badge_type": "premium", "badge_level": "tin"}}"#, "reward_config.badge_level"),
    (#"{"reward_config": {"badge_level": "gold"}}"#, "reward_config.badge_type"),
    (#"{"generation_rules": {"engagement": 1}}"#, "generation_rules.engagement"),
    (#"{"eligibility_rules": {"frobnicate": [1]}}"#, "eligibility_rules"),
    (#"{"period": "hourly"}"#, "period"), (#"{"period": "custom"}"#, "period_days"),
    (#"{"period_days": 9}"#, "period_days"), (#"{"priority": 101}"#, "priority"),
    (#"{"template_name": ""}"#, "template_name"), (#"{"is_active": 1}"#, "is_active"), (#"[]"#, "object"),
  ])
  func aBadPatchIsRefusedAndNamesItsField(_ changes: String, _ name: String) throws {
    try seed()
    let error = #expect(throws: WireError.self) { try patch("call_frequency", changes) }
    #expect(error?.status == .invalidArgument)
    #expect(error?.message.contains(name) == true, "\(error?.message ?? "")")
    #expect(twin.outputs.count == 2)
  }

  @Test func anUnknownTemplateIsNotFound() throws {
    #expect(throws: WireError.self) { try patch("nope", "{}") }.map { #expect($0.status == .notFound) }
  }

  @Test func anEditLeavesRunningMissionsAlone() throws {
    let field = try Field()
    try field.generate(Field.snapshot(weekly: Decimal6(10)))
    var edited = Field.calling[1]
    edited.version = 2
    edited.threshold.value = Decimal6(2)
    edited.rewardConfig.points = 999
    try field.put([edited])
    for hour in 1...11 { #expect(try field.event(at: At.day(1, Double(hour))).isEmpty) }
    let done = try field.event(at: At.day(2))
    #expect(done.map(\.reward.points) == [120])
    // After its rest the next one follows the new version.
    try field.advance(to: At.day(9))
    let answer = try field.generate(Field.snapshot(weekly: Decimal6(10)))
    #expect(answer.contains(#""template_version":2"#))
    #expect(answer.contains(#""target_value":6"#))
    #expect(try field.audit() == [])
  }

  @Test func aDefinitionTravelsWhole() throws {
    var template = Field.calling[0]
    template.period = .custom
    template.periodDays = 35
    template.threshold = .init(
      value: Decimal6("0.5") ?? .zero, personalize: true, min: Decimal6(1), max: Decimal6(3),
      step: Decimal6("0.25"))
    let entry = try Field.entry(template)
    #expect(try DefinitionEntry<MissionTemplate>(entry[...], kind: "template")?.definition == template)
    var writer = PackedWriter()
    template.pack(&writer)
    var reader = PackedReader(writer.bytes)
    #expect(try MissionTemplate(&reader) == template)
    let shown = JSONWriter.object { TemplateJSON.members(template, &$0) }
    let object = try #require(try JSONSerialization.jsonObject(with: Data(shown)) as? [String: Any])
    #expect((object["eligibility_rules"] as? [String: Any])?.keys.first == "==")
    #expect(object["period_days"] as? Int == 35)
  }
}
