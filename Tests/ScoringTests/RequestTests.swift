import Contracts
import Testing
import Wire

@testable import Scoring

@Suite struct RequestTests {
  private func frames(_ text: String) -> Frames { Frames([Array(text.utf8)]) }

  @Test func scoresAreAskedForNowOrThen() throws {
    let request = try ScoreRequest(frames(#"{"customer_id":"anna","as_of":\#(Story.noon),"later":[1]}"#))
    #expect(request.customer == "anna")
    #expect(try request.day(now: Story.noon, History(), Zones(usual: .utc)) == Story.today)
    let now = try ScoreRequest(frames(#"{"customer_id":"anna","as_of":null}"#))
    #expect(try now.day(now: Story.noon, History(), Zones(usual: .utc)) == Story.today)
  }

  @Test(arguments: [(1, "future"), (-60 * Micros.day, nil), (-61 * Micros.day, "60 days")])
  func asOfHasItsLimits(offset: Int64, refusal: String?) throws {
    let request = try ScoreRequest(frames(#"{"customer_id":"a","as_of":\#(Story.noon + offset)}"#))
    do throws(WireError) {
      let day = try request.day(now: Story.noon, History(), Zones(usual: .utc))
      #expect(refusal == nil)
      #expect(day == Story.today - 60)
    } catch {
      #expect(error.status == .invalidArgument)
      #expect(error.message.contains("'as_of'") && error.message.contains(refusal ?? "no refusal"))
    }
  }

  @Test(arguments: [
    ("{", "payload"), ("[]", "payload"), ("{}", "'customer_id'"), (#"{"customer_id":7}"#, "'customer_id'"),
    (#"{"customer_id":"a","as_of":"x"}"#, "'as_of'"), (#"{"customer_id":""}"#, "'customer_id'"),
    (#"{"customer_id":"\#(String(repeating: "a", count: 129))"}"#, "'customer_id'"),
  ]) func badRequestsAreNamed(text: String, part: String) {
    let error = #expect(throws: WireError.self) { try ScoreRequest(frames(text)) }
    #expect(error?.status == .invalidArgument)
    #expect(error?.message.contains(part) == true)
  }

  @Test func snapshotsAreAskedForByPartition() throws {
    let text = #"{"partition":45,"after_events":9,"customers":["C-1"]}"#
    let request = try CustomersRequest(frames(text), partitions: 64)
    #expect(request.partition == 45 && request.afterEvents == 9 && request.customers == ["C-1"])
  }

  @Test(arguments: [
    (#"{"customers":[]}"#, "'partition'"), (#"{"partition":64,"customers":[]}"#, "'partition'"),
    (#"{"partition":44,"customers":["C-1"]}"#, "'customers'"),
    (#"{"partition":1,"customers":[""]}"#, "'customer_id'"),
    (
      #"{"partition":1,"customers":[\#(Array(repeating: "\"a\"", count: 1_001).joined(separator: ","))]}"#,
      "1000"
    ),
  ]) func badSnapshotRequestsAreNamed(text: String, part: String) {
    let error = #expect(throws: WireError.self) { try CustomersRequest(frames(text), partitions: 64) }
    #expect(error?.status == .invalidArgument)
    #expect(error?.message.contains(part) == true)
  }

  @Test func patchesNameWhatCannotBeChanged() throws {
    let patch = try DefinitionPatch(frames(#"{"changes":{"full_marks":{"engagement":{"sms_30d":7.5}}}}"#))
    #expect(patch.fullMarks == ["engagement": ["sms_30d": Decimal6("7.5")!]])
    for (text, part) in [
      (#"{"changes":{"version":7}}"#, "'changes.version'"), ("{}", "full_marks"),
      (#"{"slug":"x"}"#, "'slug'"),
    ] {
      let error = #expect(throws: WireError.self) { try DefinitionPatch(frames(text)) }
      #expect(error?.message.contains(part) == true)
    }
  }
}
