import ArgumentParser
import Contracts
import Wire

/// `laurel rebuild`: does the state follow from the intake?
struct RebuildCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rebuild", abstract: "Folds the intake of services again and compares with what they hold.",
    discussion: """
      The services fold into scratch databases beside their own and go on serving. Any difference is an \
      error in the program or damage to the data: the exit code is then 1. A rebuild without differences \
      leaves a snapshot, with which the next one begins.
      """)

  @OptionGroup var options: HomeOptions

  @Flag(help: "Print the reports as JSON.")
  var json = false

  @Flag(help: "Fold from the first entry, not from the last snapshot.")
  var whole = false

  @Argument(help: "ingestion, scoring, missions, badging (default: all).")
  var services: [String] = []

  func run() async throws {
    let chosen = try Self.choose(services)
    let terminal = Terminal()
    let reports = try await Cluster.with(options.folder) { cluster in
      try await Rebuild.run(chosen, cluster, terminal, isWhole: whole)
    }
    Terminal.result(json ? Self.text { Rebuild.write(reports, &$0) } : Rebuild.table(reports))
    guard Rebuild.differences(reports) == 0 else {
      throw Fault(
        "state and journal do not follow from the intake", advice: "keep a copy of the home, it is evidence")
    }
  }

  /// All services with a journal, or those named.
  static func choose(_ names: [String]) throws -> [ServiceName] {
    let all = ServiceName.allCases.filter { $0 != .gateway }
    guard !names.isEmpty else { return all }
    return try names.map { name in
      guard let service = all.first(where: { $0.rawValue == name }) else {
        throw ValidationError("\(name) is none of \(all.map(\.rawValue).joined(separator: ", "))")
      }
      return service
    }
  }

  static func text(_ body: (inout JSONWriter) -> Void) -> String {
    var writer = JSONWriter()
    body(&writer)
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}

/// Rebuilds at every replica of services, one service after the other.
enum Rebuild {
  /// How long one replica may take, in milliseconds.
  static let timeoutMilliseconds = 6 * 3_600_000

  static func run(
    _ services: [ServiceName], _ cluster: Cluster, _ terminal: Terminal, isWhole: Bool = false
  ) async throws -> [JSONTree] {
    var reports: [JSONTree] = []
    let asked = JSONWriter.object { $0.member("whole", isWhole) }
    for service in services {
      for replica in try cluster.replicas(of: service) {
        terminal.progress("rebuild: \(replica.instance) folds \(replica.partitions.count) partitions again")
        let reply = try await cluster.ask(
          replica, "rebuild/run", Frames([asked]), timeoutMilliseconds: timeoutMilliseconds)
        reports.append(try Cluster.tree(reply, "rebuild/run"))
      }
    }
    terminal.clear()
    return reports
  }

  static func differences(_ reports: [JSONTree]) -> Int {
    reports.reduce(0) { $0 + ($1["differences"].integer ?? 1) }
  }

  /// `{"differences": n, "reports": [...]}`.
  static func write(_ reports: [JSONTree], _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("differences", differences(reports))
      writer.key("reports")
      writer.array { writer in for report in reports { report.write(&writer) } }
    }
  }

  static func table(_ reports: [JSONTree]) -> String {
    var table = TextTable(["service", "instance", "partitions", "intake", "from snapshot", "outputs", "differences"])
    for report in reports {
      table.add(
        [report["service"].shown, report["instance"].shown]
          + ["partitions", "intake_entries", "from_snapshot", "outputs", "differences"].map {
            (report[$0].integer ?? 0).grouped
          })
    }
    let first = reports.flatMap { report in
      report["first_differences"].elements.map { "\(report["service"].shown): \($0.shown)" }
    }
    return ([table.text] + first).joined(separator: "\n")
  }
}
