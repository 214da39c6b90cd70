import ArgumentParser
import Contracts
import Messaging
import Wire

/// `laurel audit`: do all services agree?
struct AuditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "Checks the invariants of every service and compares the services.",
    discussion: """
      Journals without gaps, checksums, scores, missions, points and awards against the entries that they \
      come from, what each follower took against what its upstream wrote, one owner for each partition, one \
      fate for each record. The exit code is 0 when all is clean, else 1.
      """)

  @OptionGroup var options: HomeOptions

  @Flag(help: "Entries that were set aside as unreadable do not make it unclean.")
  var allowParked = false

  @Flag(help: "Print the result as JSON.")
  var json = false

  func run() async throws {
    let terminal = Terminal()
    let audit = try await Cluster.with(options.folder) { try await Audit.run($0, terminal) }
    Terminal.result(json ? RebuildCommand.text { audit.write(&$0, allowParked) } : audit.lines)
    guard audit.isClean(allowParked) else {
      throw Fault("the audit is not clean", advice: "keep a copy of the home before anything is changed")
    }
  }
}

/// The result of an audit over all services.
struct Audit: Sendable {
  /// How long one replica may take, in milliseconds.
  static let timeoutMilliseconds = 6 * 3_600_000

  var services: Int
  var entries: Int64
  var findings: [String]
  var parked: [String]
  /// Partitions of services of which retention has dropped entries.
  var partial = 0

  func isClean(_ allowParked: Bool) -> Bool { findings.isEmpty && (allowParked || parked.isEmpty) }

  /// Upstream first, so that a follower is rarely ahead of what its upstream reported.
  static func run(_ cluster: Cluster, _ terminal: Terminal) async throws -> Audit {
    var reports: [AuditReport] = []
    for service in ServiceName.allCases where service != .gateway {
      for replica in try cluster.replicas(of: service) {
        terminal.progress("audit: \(replica.instance) checks \(replica.partitions.count) partitions")
        reports.append(
          try AuditReport(
            try await cluster.ask(replica, "audit/run", timeoutMilliseconds: timeoutMilliseconds)))
      }
    }
    let comparison = AuditComparison(reports: reports, partitions: cluster.partitions)
    terminal.progress("audit: comparing")
    let findings = comparison.findings(try await answers(comparison.questions, cluster))
    let totals = try await cluster.sum(.ingestion, Method.totals)
    terminal.clear()
    return Audit(
      services: reports.count,
      entries: reports.flatMap(\.journals.values).flatMap(\.values).reduce(0) { $0 + $1.head },
      findings: findings + AuditComparison.records(totals), parked: comparison.parked,
      partial: reports.reduce(0) { $0 + ($1.partial ?? 0) })
  }

  /// Sums up to where followers are; nil where the owner has no such entry.
  private static func answers(
    _ questions: Set<SumQuestion>, _ cluster: Cluster
  ) async throws -> [SumQuestion: AuditReport.Sum?] {
    var answers: [SumQuestion: AuditReport.Sum?] = [:]
    for question in questions {
      let payload = JSONWriter.object { writer in
        writer.member("journal", question.journal.rawValue)
        writer.key("after")
        writer.object { writer in
          writer.key(text: String(question.partition))
          writer.integer(question.number)
        }
      }
      do throws(WireError) {
        let reply = try await cluster.call(
          question.journal.owner, "journal/sum", partition: question.partition, Frames([payload]))
        let sum = try Cluster.tree(reply, "journal/sum")[String(question.partition)]
        answers[question] = AuditReport.Sum(
          count: Int64(sum["count"].integer ?? -1), sum: sum["sum"].text ?? "")
      } catch {
        guard error.status == .dataLoss else { throw Fault("journal/sum", error) }
        answers[question] = .some(nil)
      }
    }
    return answers
  }

  /// `{"clean", "services", "entries", "findings": [...], "parked": [...]}`.
  func write(_ writer: inout JSONWriter, _ allowParked: Bool) {
    writer.object { writer in
      writer.member("clean", isClean(allowParked))
      writer.member("services", services)
      writer.member("entries", entries)
      writer.member("partial", partial)
      writer.key("findings")
      writer.array { writer in for finding in findings { writer.string(finding) } }
      writer.key("parked")
      writer.array { writer in for entry in parked { writer.string(entry) } }
    }
  }

  var lines: String {
    let sum = "\(Int(entries).grouped) entries of \(services) replicas compared, \(findings.count) findings"
    let short =
      "\(partial) partitions have dropped entries: there only sums were compared; `laurel rebuild` checks "
      + "what came after their snapshots"
    return ([sum] + (partial > 0 ? [short] : []) + findings + parked.map { "set aside: \($0)" })
      .joined(separator: "\n")
  }
}
