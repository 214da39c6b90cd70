import Contracts
import Testing
import Wire

@testable import Badging

@Suite struct CheckTests {
  private func check(_ stage: Stage, _ badge: String, _ customer: String = "C-1") throws -> String {
    let request = JSONWriter.object { writer in
      writer.member("badge", badge)
      writer.member("customer_id", customer)
    }
    let reply = try stage.twin.command(Method.checkAndAward, [request], now: stage.now)
    let text = String(decoding: try #require(reply.first), as: UTF8.self)
    return String(text[..<(text.range(of: #","position""#)?.lowerBound ?? text.endIndex)])
  }

  @Test func whatIsMetIsAwardedOnRequest() throws {
    let stage = try Stage()
    try stage.up(engagement(60), quiet: true)
    let answer = #"{"status":"awarded","badge":"power_user.bronze","customer_id":"C-1","award":"a-7-1","#
    #expect(
      try check(stage, "power_user.bronze") == answer
        + #""awarded":["power_user.bronze","power_user.silver"]"#)
    let again = #"{"status":"already_held","badge":"power_user.bronze","customer_id":"C-1","#
    #expect(try check(stage, "power_user.bronze") == again + #""award":"a-7-1","awarded":[]"#)
    #expect(try stage.audit() == [])
  }

  @Test func whatIsNotMetIsExplained() throws {
    let stage = try Stage()
    let answer = try check(stage, "power_user.gold", "nobody")
    let condition = #"{">=":[{"var":"engagement"},80]}"#
    #expect(
      answer == #"{"status":"not_met","badge":"power_user.gold","customer_id":"nobody","awarded":[],"#
        + #""failing":{"condition":\#(condition),"wanted":true,"#
        + #""needed":"{\">=\":[{\"var\":\"engagement\"},80]}"}"#
    )
    #expect(stage.twin.outputs.isEmpty)
    #expect(try stage.twin.reader.keys(prefix: "c:", limit: 1) == [])

    let snapshot = Snapshot(
      customer: "nobody", events: 3, asOf: 0, scores: ["engagement": .number(Decimal6(62))])
    let explained = try CheckAnswer.explained(Array((answer + "}").utf8)[...], by: snapshot)
    let text = String(decoding: explained, as: UTF8.self)
    #expect(
      text.hasSuffix(
        #""wanted":true,"variable":"engagement","actual":62,"needed":"engagement >= 80","distance":18}}"#))
  }

  @Test func whatCannotBeAskedIsRefused() throws {
    let stage = try Stage()
    #expect(throws: WireError.self) { try self.check(stage, "nothing.bronze") }
    #expect(throws: WireError.self) { try self.check(stage, "power_user.gold", "") }
    var badge = try DefaultBadges.badge("activated.bronze")
    badge.isActive = false
    try stage.define(badge)
    do {
      _ = try check(stage, badge.slug)
      Issue.record("a badge that is not active was checked")
    } catch let error as WireError {
      #expect(error.status == .failedPrecondition)
    }
  }

  @Test func aMissingMissionIsCounted() throws {
    let badge = BadgeDefinition(
      badgeType: "comeback_hero", level: .bronze, name: "C", description: "C",
      criteria: #"{">=":[{"var":"missions_completed.correction"},3]}"#)
    let stage = try Stage([badge])
    try stage.outcome(.completed, "m-7-1", category: "correction")
    let answer = try check(stage, badge.slug)
    #expect(answer.contains(#""variable":"missions_completed.correction","actual":1"#))
    #expect(answer.contains(#""distance":2"#))
  }

  private func awards(_ stage: Stage, _ request: String) throws -> String {
    let asked = try AwardsRequest(Frames([Array(request.utf8)]))
    return String(decoding: try #require(try stage.twin.reader.awards(asked).first), as: UTF8.self)
  }

  @Test func awardsAreFiltered() throws {
    let stage = try Stage()
    try stage.up(engagement(80))
    try stage.up(#"{">=":[{"var":"referrals"},3]}"#)
    func slugs(_ more: String) throws -> [String] {
      let text = try awards(stage, #"{"customer_id":"C-1"\#(more)}"#)
      return text.matches(of: /"badge":"([^"]*)"/).map { String($0.output.1) }
    }
    #expect(try slugs("").count == 5)
    #expect(try slugs(#","level":"silver""#) == ["referrer.silver", "power_user.silver"])
    #expect(try slugs(#","badge_type":"referrer""#) == ["referrer.silver", "referrer.bronze"])
    #expect(try slugs(#","badge_type":"power_user","limit":1"#) == ["power_user.gold"])
    #expect(try slugs(#","badge_type":"power_user","level":"platinum""#) == [])
    #expect(try awards(stage, #"{"customer_id":"C-1","level":"silver","limit":1}"#).contains(#""count":2"#))
    #expect(throws: WireError.self) { try slugs(#","level":"tin""#) }
  }

  @Test func listsAreNewestFirst() throws {
    let stage = try Stage()
    let up = try stage.up(engagement(40))
    try stage.revoke(up.number, of: engagement(40))
    try stage.up(engagement(40))
    try stage.outcome(.completed, "m-7-1")
    let asked = try ListRequest(Frames([Array(#"{"customer_id":"C-1"}"#.utf8)]))
    let awards = try awards(stage, #"{"customer_id":"C-1"}"#)
    #expect(awards.hasPrefix(#"{"customer_id":"C-1","count":2,"results":[{"id":"a-7-3","#))
    #expect(awards.contains(#""evidence":[{"crossing":3}],"revoked_at":null"#))
    #expect(awards.contains(#""id":"a-7-1""#))
    let points = String(decoding: try #require(try stage.twin.reader.points(asked).first), as: UTF8.self)
    #expect(points.hasPrefix(#"{"customer_id":"C-1","balance":120,"count":1,"entries":[{"id":"p-7-5","#))

    let nobody = try ListRequest(Frames([Array(#"{"customer_id":"nobody","limit":3}"#.utf8)]))
    let empty = String(decoding: try #require(try stage.twin.reader.points(nobody).first), as: UTF8.self)
    #expect(empty == #"{"customer_id":"nobody","balance":0,"count":0,"entries":[]}"#)
    #expect(nobody.places(of: 10) == [10, 9, 8])
    #expect(throws: WireError.self) {
      try ListRequest(Frames([Array(#"{"customer_id":"C","limit":0}"#.utf8)]))
    }
  }
}
