import Contracts
import Foundation
import Testing
import Wire

/// The main job through the published port of real processes.
@Suite(.serialized) struct ApiTests {
  private static let base = 1_780_000_000

  private static func time(_ seconds: Int) -> String { RFC3339.text(micros: Int64(seconds) * 1_000_000) }

  private static func event(_ id: String, _ type: String, at: Int, value: Int? = 60) -> String {
    let value = value.map { #","value":\#($0)"# } ?? ""
    return
      #"{"customer_id":"k-1","event_type":"\#(type)","timestamp":"\#(time(at))","#
      + #""source_event_id":"\#(id)"\#(value)}"#
  }

  @Test func eventsBecomeScoresMissionsAndPoints() async throws {
    let town = try Processes()
    try await town.startAll()
    let now = Int(Date().timeIntervalSince1970)
    #expect(try await town.api(.get, "/missions/?customer_id=k-1", key: "wrong").status == 401)
    #expect(try await town.api(.get, "/nowhere/").status == 404)
    #expect(try await town.api(.get, "/missions/?customer_id=k-1&x=1").status == 400)
    #expect(try await town.api(.post, "/customer-events/batch/", "[{").status == 400)

    let born = try await town.api(
      .post, "/customer-events/batch/",
      "[\(Self.event("a", "ACTIVATION", at: now - 86_400 * 40, value: nil))]")
    #expect(born.status == 202, "\(born.body)")
    #expect(born["accepted"] as? Int == 1)
    let score = try await town.api(.get, "/behavior-scores/k-1/", position: born.position)
    #expect(score.status == 200, "\(score.body)")
    let awards = try await town.api(.get, "/badge-awards/?customer_id=k-1", position: born.position)
    #expect(awards.body.contains("activated.bronze"), "\(awards.body)")

    let patched = try await town.api(
      .patch, "/mission-templates/first_call/", #"{"reward_config":{"points":120}}"#)
    #expect(patched.status == 200, "\(patched.body)")
    // A read that sends the position back waits until the change has reached Missions.
    let none = try await town.api(.get, "/missions/?customer_id=k-1", position: patched.position)
    #expect(none.status == 200, "\(none.body)")
    let generated = try await town.api(
      .post, "/missions/generate-for-customer/", #"{"customer_id":"k-1"}"#, position: patched.position,
      headers: ["Idempotency-Key": "g1"])
    #expect(generated.status == 200 || generated.status == 201, "\(generated.body)")
    #expect(generated.body.contains("first_call"))
    let again = try await town.api(
      .post, "/missions/generate-for-customer/", #"{"customer_id":"k-1"}"#, headers: ["Idempotency-Key": "g1"]
    )
    #expect(again.body == generated.body)

    let calls = [
      Self.event("c1", "CALL_OUTGOING", at: now + 5), Self.event("c1", "CALL_OUTGOING", at: now + 5),
    ]
    let called = try await town.api(
      .post, "/customer-events/batch/", calls.joined(separator: "\n"),
      headers: ["Content-Type": "application/x-ndjson"])
    #expect(called["accepted"] as? Int == 1)
    #expect(called["duplicate"] as? Int == 1)
    let points = try await town.api(.get, "/points/k-1/", position: called.position)
    #expect(points["balance"] as? Int == 120, "\(points.body)")
    let missions = try await town.api(.get, "/missions/?customer_id=k-1", position: called.position)
    #expect(missions.body.contains("completed"), "\(missions.body)")

    let back = try await town.api(
      .post, "/customer-events/batch/",
      #"[{"customer_id":"k-1","event_type":"REVERSAL","source_event_id":"r1","#
        + #""timestamp":"\#(Self.time(now))","reverses":{"source_event_id":"c1"}}]"#
    )
    #expect(back["accepted"] as? Int == 1, "\(back.body)")
    let less = try await town.api(.get, "/points/k-1", position: back.position)
    #expect(less["balance"] as? Int == 0, "\(less.body)")
    for command in ["rebuild", "audit"] {
      let result = try await town.laurel(command)
      #expect(result.code == 0, "\(result.output)")
    }
    #expect((await town.stopAll()).values.allSatisfy { $0 == 0 })
  }

  @Test func servicesStartInAnyOrderWithoutBells() async throws {
    let town = try Processes(common: ["LAUREL_SILENT": "true"])
    for name in town.names.reversed() {
      try town.start(name)
      try await Task.sleep(for: .milliseconds(200))
    }
    try await town.ready()
    let now = Int(Date().timeIntervalSince1970)
    let born = try await town.api(
      .post, "/customer-events/batch/", "[\(Self.event("a", "ACTIVATION", at: now - 60, value: nil))]")
    let awards = try await town.api(.get, "/badge-awards/?customer_id=k-1", position: born.position)
    #expect(awards.body.contains("activated.bronze"), "\(awards.body)")
    _ = await town.stopAll()
  }
}

/// What cannot work says what to do, and ends with a code that is not 0.
@Suite(.serialized) struct RefusalTests {
  private func start(_ service: String, _ environment: [String: String]) async throws -> (
    code: Int32, output: String
  ) {
    try await Processes.run("laurel-\(service)", [], environment: environment)
  }

  @Test func aHomeThatCannotBeWritten() async throws {
    let result = try await start("scoring", ["LAUREL_HOME": "/proc/laurel"])
    #expect(result.code == 1)
    #expect(result.output.contains("LAUREL_HOME"), "\(result.output)")
  }

  @Test func aWrongPostgresURL() async throws {
    let town = try Processes()
    let result = try await start(
      "scoring", ["LAUREL_HOME": town.home, "LAUREL_DATABASE": "postgres://me:secretword@%2Fnowhere/laurel"])
    #expect(result.code == 1)
    #expect(result.output.contains("/nowhere"), "\(result.output)")
    #expect(!result.output.contains("secretword"))
  }

  @Test func aSecondInstanceTakenPortAndOtherPartitions() async throws {
    let town = try Processes()
    try await town.startAll()
    let second = try await start(
      "scoring", ["LAUREL_HOME": town.home, "LAUREL_INSTANCE": "other", "LAUREL_PARTITIONS": "8"])
    #expect(second.code == 1)
    #expect(second.output.contains("PostgreSQL"), "\(second.output)")
    let other = try Processes()
    let taken = try await start(
      "gateway", ["LAUREL_HOME": other.home, "LAUREL_HTTP": "127.0.0.1:\(town.port)"])
    #expect(taken.code == 1)
    #expect(taken.output.contains(String(town.port)), "\(taken.output)")
    _ = await town.stopAll()
    let count = try await start("scoring", ["LAUREL_HOME": town.home, "LAUREL_PARTITIONS": "16"])
    #expect(count.code == 1)
    #expect(count.output.contains("LAUREL_PARTITIONS=8"), "\(count.output)")
  }
}
