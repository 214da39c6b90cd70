import Contracts
import Wire

/// One customer from the raw record to the badge, in what the services say.
struct DemoStory: Sendable {
  /// Customers that are looked at to find one with something to tell.
  static let candidatesMax = 100

  /// The latest awards are told of one by one.
  private static let awardsShown = 8

  let customer: String
  /// The record as it stands in the file, with which the mission was completed.
  let record: String?
  let score: JSONTree
  let mission: JSONTree
  let points: JSONTree
  let awards: JSONTree

  /// How many missions were completed.
  let completed: Int

  /// How much there is to tell.
  private var weight: Int {
    (mission.isNull ? 0 : 2) + (record == nil ? 0 : 1) + (awards.elements.isEmpty ? 0 : 1)
      + (awards.elements.contains { $0["badge_type"].text == "power_user" } ? 1 : 0) + min(completed, 10)
  }
  private static let weightMax = 15

  /// Looks among some customers; nil when there are none. `record` finds the raw record of a customer's event
  /// at an instant (unix microseconds).
  static func find(
    _ cluster: Cluster, _ candidates: some Sequence<String>,
    record: (_ customer: String, _ at: Int64) async throws -> String?
  ) async throws -> DemoStory? {
    var best: DemoStory?
    for customer in candidates.prefix(candidatesMax) {
      let story = try await tell(customer, cluster, record: record)
      if story.weight > best?.weight ?? -1 { best = story }
      if story.weight == weightMax { break }
    }
    return best
  }

  private static func tell(
    _ customer: String, _ cluster: Cluster, record: (String, Int64) async throws -> String?
  ) async throws -> DemoStory {
    let missions = try await cluster.customer(.missions, Method.missions, customer)["results"].elements
    let done = missions.filter { $0["status"].text == "completed" }
    let mission = done.first ?? .null
    let at = mission["completed_at"].integer.map(Int64.init)
    var line: String?
    if let at { line = try await record(customer, at) }
    return DemoStory(
      customer: customer, record: line,
      score: (try? await cluster.customer(.scoring, Method.scores, customer)) ?? .null, mission: mission,
      points: try await cluster.customer(.badging, Method.points, customer),
      awards: try await cluster.customer(.badging, Method.awards, customer)["results"],
      completed: done.count)
  }

  func write(_ writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("customer_id", customer)
      writer.member("record", optional: record)
      for (name, tree) in [("mission", mission), ("points", points), ("awards", awards), ("score", score)] {
        writer.key(text: name)
        tree.write(&writer)
      }
    }
  }

  var lines: [String] {
    var lines = ["The story of \(customer)"]
    if let record { lines.append("  record   \(record)") }
    if !mission.isNull {
      let at = Self.time(mission["completed_at"])
      lines.append("  mission  \(mission["name"].shown): \(mission["current_value"].shown) of ")
      lines[lines.count - 1] += "\(mission["target_value"].shown), completed \(at)"
      lines.append("           \(mission["explanation"].shown)")
    }
    for entry in points["entries"].elements.prefix(3).reversed() {
      lines.append(
        "  points   \(entry["kind"].shown) \(entry["points"].shown) for \(entry["reference"].shown)")
    }
    lines.append("  balance  \(points["balance"].shown)")
    let hidden = awards.elements.count - Self.awardsShown
    if hidden > 0 { lines.append("  badge    \(hidden) earlier ones") }
    for award in awards.elements.prefix(Self.awardsShown).reversed() {
      let badge = "\(award["badge_type"].shown) \(award["level"].shown)"
      let end = award["revoked_at"].isNull ? "" : ", taken back \(Self.time(award["revoked_at"]))"
      lines.append("  badge    \(badge), awarded \(Self.time(award["awarded_at"]))\(end)")
    }
    return lines + scoreLines
  }

  /// The scores, each with its parts.
  private var scoreLines: [String] {
    score["score_breakdown"].members.map { score in
      let parts = score.value.elements.map { "\($0["part"].shown) \($0["points"].shown)/\($0["of"].shown)" }
      let value = self.score["\(score.name)_score"].shown
      return "  score    \(score.name) \(value) = " + parts.joined(separator: ", ")
    }
  }

  private static func time(_ tree: JSONTree) -> String {
    tree.integer.map { RFC3339.text(micros: Int64($0)) } ?? "?"
  }
}
