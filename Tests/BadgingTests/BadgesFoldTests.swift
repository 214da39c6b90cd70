import Contracts
import Journal
import Support
import Testing
import Wire

@testable import Badging

@Suite struct BadgesFoldTests {
  private let folder: ScratchFolder
  private let twin: Twin<BadgesFold>

  init() throws {
    folder = try ScratchFolder()
    twin = try Twin(BadgesFold(), partition: 64, path: folder.path + "/badges.sqlite")
  }

  private func seed() throws -> String {
    let reply = try twin.command(JournalMethod.seed, [Array("{}".utf8)], now: 1)
    return String(decoding: try #require(reply.first).prefix(24), as: UTF8.self)
  }

  private func patch(_ text: String) throws -> String {
    let reply = try twin.command(Method.patchBadge, [Array(text.utf8)], now: 2)
    return String(decoding: try #require(reply.first), as: UTF8.self)
  }

  private func latest() throws -> BadgeDefinition {
    let entry = try #require(twin.outputs.last)
    return try #require(try BadgingDefinition(entry[...])?.badge)
  }

  @Test func theDefaultsAreMadeOnce() throws {
    #expect(try seed() == #"{"added":52,"updated":0,"#)
    #expect(twin.outputs.count == 52)
    #expect(try seed() == #"{"added":0,"updated":0,""#)
    #expect(twin.outputs.count == 52)
    let badges = try twin.outputs.compactMap { try BadgingDefinition($0[...])?.badge }
    #expect(badges == (try DefaultBadges.all))
    let offers = try twin.outputs.compactMap { try BadgingDefinition($0[...])?.offer }
    #expect(offers == (try Defaults(Frames()).offers))
  }

  @Test func aLaterReleaseUpdatesWhatNobodyEdited() throws {
    let release = try DefaultBadges.badge("activated.bronze")
    #expect(release.following(nil) == release)
    var known = release
    known.version = 3
    #expect(release.following(known) == nil)
    known.description = "Another text."
    let next = try #require(release.following(known))
    #expect(next.version == 4)
    #expect(next.description == release.description)
    known.origin = .operator
    #expect(release.following(known) == nil)
  }

  @Test func aPatchMakesANewVersion() throws {
    _ = try seed()
    let reply = try patch(
      #"{"slug":"power_user.bronze","changes":{"is_active":false,"criteria":{">=": [{"var":"score"}, 45]}}}"#
    )
    #expect(reply.contains(#""version":2"#))
    #expect(reply.contains(#""requires":null,"rarity":"common","is_active":false,"origin":"operator""#))
    #expect(reply.contains(#""position":{"partition":64,"journal":"definitions.badging","number":53}"#))
    let badge = try latest()
    #expect(badge.isActive == false)
    #expect(badge.version == 2)
    #expect(badge.criteria == #"{">=":[{"var":"score"},45]}"#)
    _ = try patch(#"{"slug":"power_user.bronze","changes":{"is_active":false}}"#)
    #expect(twin.outputs.count == 53)
    _ = try patch(#"{"slug":"power_user.bronze","changes":{"criteria":null}}"#)
    #expect(try latest().criteria == nil)
  }

  @Test(arguments: [
    (#"{"slug":"power_user.iron","changes":{"name":"x"}}"#, "power_user.iron"),
    (#"{"slug":"power_user.gold","changes":{}}"#, "'changes' is empty"),
    (#"{"slug":"power_user.gold"}"#, "'changes' is missing"),
    (#"{"slug":"power_user.gold","changes":{"level":"bronze"}}"#, "'level'"),
    (#"{"slug":"power_user.gold","changes":{"is_active":1}}"#, "'is_active' must be true or false"),
    (#"{"slug":"power_user.gold","changes":{"name":""}}"#, "'name' must have 1 to"),
    (#"{"slug":"power_user.gold","changes":{"criteria":"yes"}}"#, "'criteria' must be a JSONLogic object"),
    (
      #"{"slug":"power_user.gold","changes":{"criteria":{"==":[1,1]}}}"#,
      "'criteria': the rule has no variable"
    ),
    (#"{"slug":"power_user.gold","changes":{"criteria":{"what":[1]}}}"#, "'criteria': unknown operator what"),
    (
      #"{"slug":"power_user.gold","changes":{"criteria":{">":[{"var":"missions_completed.fun"},1]}}}"#,
      "'criteria': unknown variable missions_completed.fun"
    ),
    (
      #"{"slug":"x.gold","changes":{"criteria":{">":[{"var":"missions_completed.loyalty"},{"var":"x"}]}}}"#,
      "'criteria': missions_completed.loyalty"
    ),
    ("[]", "an object was expected"), (#"{"slug":"a","changes":{"name":"#, "the payload"),
  ])
  func aBadPatchChangesNothing(text: String, reason: String) throws {
    _ = try seed()
    do {
      _ = try patch(text)
      Issue.record("\(text) was taken")
    } catch let error as WireError {
      #expect(error.message.contains(reason), "\(error.message)")
    }
    #expect(twin.outputs.count == 52)
  }

  @Test func badgesAreListedByTypeAndLevel() throws {
    _ = try seed()
    let text = String(
      decoding: try #require(try twin.reader.badges(BadgeFilter(Frames())).first), as: UTF8.self)
    #expect(text.hasPrefix(#"{"count":48,"results":[{"id":"30_days_active.bronze","#))
    #expect(text.contains(#""criteria":{"var":"known.customer_age_days"},"requires":null,"rarity":"common""#))
    #expect(text.contains(#""requires":"power_user.gold","rarity":"legendary""#))
  }
}
