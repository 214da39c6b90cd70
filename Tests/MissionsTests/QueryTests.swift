import Contracts
import Foundation
import Testing
import Wire

@testable import Missions

@Suite struct QueryTests {
  private func query(_ text: String) throws -> MissionQuery { try MissionQuery(Array(text.utf8)[...]) }

  @Test func aMissionIsShownWhole() throws {
    let field = try Field()
    try field.generate(Field.snapshot(weekly: Decimal6(20)))
    for hour in 1...5 { try field.event(at: At.day(1, Double(hour))) }
    let view = try #require(try query(#"{"customer_id": "C-1"}"#).views(field.twin.reader).first)
    var writer = JSONWriter()
    view.write(&writer, now: field.now)
    let shown = try #require(try JSONSerialization.jsonObject(with: Data(writer.bytes)) as? [String: Any])
    #expect(
      Set(shown.keys) == [
        "id", "customer_id", "template_slug", "template_version", "name", "description", "category", "metric",
        "target_value", "baseline", "current_value", "progress_percent", "status", "start_date", "end_date",
        "completed_at", "reward_config", "is_dynamic", "explanation",
      ])
    #expect(shown["id"] as? String == "m-7-1")
    #expect(shown["target_value"] as? Double == 24)
    #expect(shown["current_value"] as? Double == 5)
    // 5 of 24 is 20.8333...: rounded down.
    #expect(shown["progress_percent"] as? Double == 20.83)
    #expect(shown["status"] as? String == "active")
    #expect(shown["end_date"] as? Int64 == At.day(7))
  }

  @Test func anOverdueMissionShowsAsExpired() throws {
    let field = try Field()
    try field.generate(Field.snapshot())
    let query = try query(#"{"customer_id": "C-1", "status": "expired"}"#)
    let view = try #require(try query.views(field.twin.reader).first)
    #expect(!query.shows(view.course.status(at: At.day(7) - 1)))
    #expect(query.shows(view.course.status(at: At.day(7))))
  }

  @Test func oneMissionByItsId() throws {
    let field = try Field()
    try field.generate(Field.snapshot())
    #expect(try query(#"{"id": "m-7-1"}"#).partition(count: 64) == 7)
    #expect(try query(#"{"id": "m-7-1"}"#).views(field.twin.reader).map(\.id) == ["m-7-1"])
    #expect(throws: WireError.self) { try query(#"{"id": "m-7-2"}"#).views(field.twin.reader) }
    #expect(throws: WireError.self) { try query(#"{"id": "m-64-1"}"#).partition(count: 64) }
    let foreign = try query(#"{"id": "m-7-1", "customer_id": "C-2"}"#)
    #expect(throws: WireError.self) { try foreign.views(field.twin.reader) }
  }

  @Test func anUnknownCustomerHasNone() throws {
    let field = try Field()
    #expect(try query(#"{"customer_id": "nobody"}"#).views(field.twin.reader).isEmpty)
    withExtendedLifetime(field) {}
  }

  @Test(arguments: [
    "{}", #"{"customer_id": ""}"#, #"{"customer_id": "a\u0007"}"#, #"{"customer_id": "C", "status": "lost"}"#,
    #"{"customer_id": "C", "colour": 1}"#, #"{"id": "e-1-2"}"#, #"{"customer_id": 5}"#, "null",
  ])
  func whatIsNoQueryIsRefused(_ text: String) {
    #expect(throws: WireError.self) { try query(text) }.map { #expect($0.status == .invalidArgument) }
  }
}
