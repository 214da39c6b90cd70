import Wire

/// The report as text.
extension DemoReport {
  var text: String {
    var parts = [records, scoreBars, missionTable, badgeTable, rewards]
    if let story { parts.append(story.lines.joined(separator: "\n")) }
    if let rebuild { parts.append("Folded again\n" + Rebuild.table(rebuild)) }
    if let audit { parts.append("Audit: " + audit.lines) }
    return parts.joined(separator: "\n\n")
  }

  private var records: String {
    var table = TextTable(["records", "read", "accepted", "duplicate", "rejected", "skipped", "account"])
    for source in sources {
      table.add([source.source] + source.counts.map(\.grouped) + [source.isExact ? "exact" : "WRONG"])
    }
    if sources.count > 1 {
      let sums = (0..<5).map { place in sources.reduce(0) { $0 + $1.counts[place] } }
      table.add(["all"] + sums.map(\.grouped))
    }
    let seconds = Double(result.milliseconds) / 1_000
    let rate =
      "\(result.days) days in \((seconds * 10).rounded() / 10) s, "
      + "\(result.recordsPerSecond.grouped) records/s with all effects"
    let reasons = result.tally.codes.isEmpty ? [] : ["rejected: \(result.tally.reasons)"]
    return ([table.text] + reasons + [rate]).joined(separator: "\n")
  }

  /// A bar for each tenth of a score, as high as it has customers.
  static func bars(_ bins: [Int]) -> String {
    let steps = Array("▁▂▃▄▅▆▇█")
    let most = max(bins.max() ?? 0, 1)
    return String(
      bins.map { $0 == 0 ? " " : steps[min($0 * steps.count / most, steps.count - 1)] })
  }

  private var scoreBars: String {
    var lines = ["Scores of \((scores["customers"].integer ?? 0).grouped) customers, 0 to 100 in tenths"]
    for score in scores.members {
      let bins = score.value.elements.map { $0.integer ?? 0 }
      guard !bins.isEmpty else { continue }
      let name = score.name + String(repeating: " ", count: max(0, 11 - score.name.count))
      lines.append("  \(name) |\(Self.bars(bins))|  \(bins.map(\.grouped).joined(separator: " "))")
    }
    return lines.joined(separator: "\n")
  }

  private static let statuses = ["generated", "completed", "expired", "active", "cancelled", "revoked"]

  private var missionTable: String {
    var table = TextTable(["missions"] + Self.statuses)
    for category in Self.categoryNames {
      let counts = missions(of: category)
      table.add([category] + Self.statuses.map { (counts[$0].integer ?? 0).grouped })
      for template in missions["templates"].members where categories[template.name] == category {
        table.add(["  " + template.name] + Self.statuses.map { (template.value[$0].integer ?? 0).grouped })
      }
    }
    return table.text
  }

  static let levels = ["bronze", "silver", "gold", "platinum"]

  /// Active awards of a badge's levels, by its type; `<type>.<level>` is a badge's name.
  var badges: [(type: String, counts: [Int])] {
    let awards = badging["awards"].members
    let types = Set(awards.map { String($0.name.prefix { $0 != "." }) })
    return types.sorted().map { type in
      (type, Self.levels.map { badging["awards"]["\(type).\($0)"].integer ?? 0 })
    }
  }

  private var badgeTable: String {
    var table = TextTable(["badges"] + Self.levels)
    for badge in badges { table.add([badge.type] + badge.counts.map(\.grouped)) }
    let sums = Self.levels.indices.map { place in badges.reduce(0) { $0 + $1.counts[place] } }
    table.add(["all"] + sums.map(\.grouped))
    return table.text
  }

  private var rewards: String {
    let sums = ["earned", "reversed", "sum"].map { "\((points[$0].integer ?? 0).grouped) \($0)" }
    let balances = ledger.map { ", all balances together \($0.grouped)" } ?? ""
    let offers = badging["offers"].members.map { "\(($0.value.integer ?? 0).grouped) \($0.name)" }
    return "points: " + sums.joined(separator: ", ") + balances
      + (offers.isEmpty ? "" : "\noffers: " + offers.joined(separator: ", "))
  }
}
