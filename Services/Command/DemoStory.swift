import Contracts
import Wire

/// One customer from the raw record to the badge, in what the services say.
struct DemoStory: Sendable {
  /// Customers that are looked at to find one with something to tell.
  static let candidatesMax = 100

  let customer: String
  /// The record as it stands in the file, with which the mission was completed.
  let record: String?
  let score: JSONTree
  let mission: JSONTree
  let points: JSONTree
  let awards: JSONTree

  /// How much there is to tell.
  private var weight: Int {
    (mission.isNull ? 0 : 2) + (awards.elements.isEmpty ? 0 : 1)
      + (awards.elements.contains { $0["badge_type"].text == "power_user" } ? 1 : 0)
  }

  /// Looks among the customers with the most records; nil when there are none.
  static func find(
    _ cluster: Cluster, _ data: DemoData, _ outcomes: [PreviewOutcome]
  ) async throws -> DemoStory? {
    var counts: [String: Int] = [:]
    for outcome in outcomes { if let customer = outcome.customer { counts[customer, default: 0] += 1 } }
    let candidates = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(candidatesMax)
    var best: DemoStory?
    for (customer, _) in candidates {
      let story = try await tell(customer, cluster, data, outcomes)
      if story.weight > best?.weight ?? -1 { best = story }
      if story.weight == 4 { break }
    }
    return best
  }

  private static func tell(
    _ customer: String, _ cluster: Cluster, _ data: DemoData, _ outcomes: [PreviewOutcome]
  ) async throws -> DemoStory {
    let missions = try await cluster.customer(.missions, Method.missions, customer)["results"].elements
    let mission = missions.last { $0["status"].text == "completed" } ?? .null
    let at = mission["completed_at"].integer.map(Int64.init)
    let place = outcomes.indices.first { outcomes[$0].customer == customer && outcomes[$0].at == at }
    return DemoStory(
      customer: customer,
      record: at == nil ? nil : place.map { String(decoding: data.records[$0], as: UTF8.self) },
      score: (try? await cluster.customer(.scoring, Method.scores, customer)) ?? .null, mission: mission,
      points: try await cluster.customer(.badging, Method.points, customer),
      awards: try await cluster.customer(.badging, Method.awards, customer)["results"])
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
    for award in awards.elements.reversed() {
      let badge = "\(award["badge_type"].shown) \(award["level"].shown)"
      let end = award["revoked_at"].isNull ? "" : ", taken back \(Self.time(award["revoked_at"]))"
      lines.append("  badge    \(badge), awarded \(Self.time(award["awarded_at"]))\(end)")
    }
    if !score.isNull {
      let parts = score["score_breakdown"]["engagement"].elements.map {
        "\($0["part"].shown) \($0["points"].shown)/\($0["of"].shown)"
      }
      lines.append(
        "  score    engagement \(score["engagement_score"].shown) = " + parts.joined(separator: ", "))
    }
    return lines
  }

  private static func time(_ tree: JSONTree) -> String {
    tree.integer.map { RFC3339.text(micros: Int64($0)) } ?? "?"
  }
}
