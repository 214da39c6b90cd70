import Contracts
import Wire

/// What happened in a demonstration.
struct DemoReport: Sendable {
  var result: DemoRun.Result
  var source: String
  var scores: JSONTree
  var missions: JSONTree
  var badging: JSONTree
  var ingestion: JSONTree
  var story: DemoStory?
  var rebuild: [JSONTree]?
  var audit: Audit?

  /// Asks the services.
  init(
    _ result: DemoRun.Result, _ cluster: Cluster, _ data: DemoData, _ outcomes: [PreviewOutcome]
  ) async throws {
    self.result = result
    source = data.source.name
    ingestion = try await cluster.sum(.ingestion, Method.totals)
    scores = try await cluster.sum(.scoring, "scoring.v1/totals")
    missions = try await cluster.sum(.missions, Method.missionTotals)
    badging = try await cluster.sum(.badging, Method.badgingTotals)
    story = try await DemoStory.find(cluster, data, outcomes)
  }

  /// Folds everything again and compares all services.
  mutating func check(_ cluster: Cluster, _ terminal: Terminal) async throws {
    rebuild = try await Rebuild.run(ServiceName.allCases.filter { $0 != .gateway }, cluster, terminal)
    audit = try await Audit.run(cluster, terminal)
  }

  /// Nothing is wrong, as far as it was checked.
  var isClean: Bool { Rebuild.differences(rebuild ?? []) == 0 && audit?.isClean(false) != false }

  /// Missions of all templates by status.
  private var missionSums: JSONTree {
    missions["templates"].members.reduce(JSONTree.null) { $0.merged(with: $1.value) }
  }

  var json: String {
    RebuildCommand.text { writer in
      writer.object { writer in
        writer.member("source", source)
        writer.member("clock", RFC3339.text(micros: result.end))
        writer.member("days", result.days)
        writer.member("milliseconds", result.milliseconds)
        writer.member("records_per_second", result.recordsPerSecond)
        writer.key("fates")
        result.tally.write(&writer)
        let trees = [
          ("ingestion", ingestion), ("scores", scores), ("missions", missionSums),
          ("templates", missions["templates"]), ("badges", badging["awards"]), ("points", badging["points"]),
          ("notices", badging["notices"]),
        ]
        for (name, tree) in trees {
          writer.key(text: name)
          tree.write(&writer)
        }
        writer.key("story")
        if let story { story.write(&writer) } else { writer.null() }
        if let rebuild {
          writer.key("rebuild")
          Rebuild.write(rebuild, &writer)
        }
        if let audit {
          writer.key("audit")
          audit.write(&writer, false)
        }
      }
    }
  }

  var text: String {
    var parts = [records, engagement, missionTable, badges]
    if let story { parts.append(story.lines.joined(separator: "\n")) }
    if let rebuild { parts.append("Folded again\n" + Rebuild.table(rebuild)) }
    if let audit { parts.append("Audit: " + audit.lines) }
    return parts.joined(separator: "\n\n")
  }

  private var records: String {
    var table = TextTable(["records", "accepted", "duplicate", "rejected", "skipped"])
    let tally = result.tally
    table.add([tally.records, tally.accepted, tally.duplicate, tally.rejected, tally.skipped].map(\.grouped))
    let seconds = Double(result.milliseconds) / 1_000
    let rate =
      "\(result.days) days in \((seconds * 10).rounded() / 10) s, "
      + "\(result.recordsPerSecond.grouped) records/s"
    let reasons = tally.codes.isEmpty ? [] : ["rejected: \(tally.reasons)"]
    return ([table.text] + reasons + [rate]).joined(separator: "\n")
  }

  private var engagement: String {
    let bins = scores["engagement"].elements.map { $0.integer ?? 0 }
    let most = max(bins.max() ?? 0, 1)
    var lines = ["Engagement of \((scores["customers"].integer ?? 0).grouped) customers"]
    for (bin, count) in bins.enumerated() {
      let from = bin * 100 / bins.count
      let range = "\(from)-\((bin + 1) * 100 / bins.count)"
      let bar = String(repeating: "#", count: count * 40 / most)
      lines.append("  \(range)\(String(repeating: " ", count: max(0, 7 - range.count))) \(bar) \(count)")
    }
    return lines.joined(separator: "\n")
  }

  private var missionTable: String {
    let statuses = ["generated", "completed", "expired", "active", "cancelled", "revoked"]
    var table = TextTable(["missions"] + statuses)
    for template in missions["templates"].members {
      table.add([template.name] + statuses.map { (template.value[$0].integer ?? 0).grouped })
    }
    return table.text
  }

  private var badges: String {
    var table = TextTable(["badges", "held"])
    for badge in badging["awards"].members { table.add([badge.name, (badge.value.integer ?? 0).grouped]) }
    let points = badging["points"]
    let sums = ["earned", "reversed", "sum"].map { "\((points[$0].integer ?? 0).grouped) \($0)" }
    return table.text + "\npoints: " + sums.joined(separator: ", ")
  }
}
