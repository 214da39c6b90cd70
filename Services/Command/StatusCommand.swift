import ArgumentParser
import Contracts
import Messaging
import Wire

/// `laurel status`: who is there and how far everybody is.
struct StatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Shows the services, their partitions, and how far each is behind.")

  @OptionGroup var options: HomeOptions

  @Flag(help: "Print everything as JSON, partition by partition.")
  var json = false

  func run() async throws {
    let (members, trees, silent, clock, sources) = try await Cluster.with(options.folder) { cluster in
      let members = try await cluster.refresh()
      var trees: [JSONTree] = []
      // Who has just gone or hangs must not hide how the others are.
      var silent: [String] = []
      for service in ServiceName.allCases where service != .gateway {
        for replica in cluster.directory.replicas(of: service.rawValue) {
          do {
            trees.append(
              try Cluster.tree(
                try await cluster.ask(
                  replica, "status/read", timeoutMilliseconds: Cluster.quickMilliseconds), "status/read"))
          } catch { silent.append("\(error)") }
        }
      }
      let clock = try? await cluster.gateway.call(
        "clock/read", timeoutMilliseconds: Cluster.quickMilliseconds)
      return (
        members, trees, silent, try clock.map { try Cluster.tree($0, "clock/read") } ?? .null,
        try await StatusSources(cluster)
      )
    }
    let report = StatusReport(trees)
    Terminal.result(
      json
        ? Self.json(members, trees, silent, clock, report, sources)
        : ([Self.table(members, clock, report), sources.text] + silent).joined(separator: "\n\n"))
  }

  private static func json(
    _ members: [Replica], _ trees: [JSONTree], _ silent: [String], _ clock: JSONTree,
    _ report: StatusReport, _ sources: StatusSources
  ) -> String {
    let text = JSONWriter.object { writer in
      writer.key("clock")
      clock.write(&writer)
      writer.key("members")
      writer.array { writer in for member in members { write(member, &writer) } }
      writer.key("lag")
      writer.array { writer in
        for lag in report.lags {
          writer.object { writer in
            writer.member("service", lag.service)
            writer.member("journal", lag.journal.rawValue)
            writer.member("entries", lag.entries)
            writer.member("largest", lag.largest)
          }
        }
      }
      writer.key("silent")
      writer.array { writer in for text in silent { writer.string(text) } }
      writer.key("sources")
      sources.write(&writer)
      writer.key("replicas")
      writer.array { writer in for tree in trees { tree.write(&writer) } }
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static func write(_ member: Replica, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("service", member.service)
      writer.member("instance", member.instance)
      writer.key("urls")
      writer.object { writer in
        writer.member("rpc", member.urls.rpc)
        writer.member("bell", member.urls.bell)
        writer.member("health", member.urls.health)
      }
      writer.member("partitions", member.partitions.count)
      writer.member("epoch", member.epoch)
      writer.member("version", member.version)
    }
  }

  private static func table(_ members: [Replica], _ clock: JSONTree, _ report: StatusReport) -> String {
    var replicas = TextTable(["service", "instance", "partitions", "epoch", "version", "address"])
    for member in members.sorted(by: { ($0.service, $0.instance) < ($1.service, $1.instance) }) {
      replicas.add([
        member.service, member.instance, String(member.partitions.count), String(member.epoch),
        member.version,
        member.urls.rpc,
      ])
    }
    var journals = TextTable(["journal", "partitions", "entries", "parked"])
    for journal in report.journals {
      journals.add([
        journal.name, String(journal.partitions), journal.entries.grouped, String(journal.parked),
      ])
    }
    var lags = TextTable(["follower", "of", "behind", "largest"])
    for lag in report.lags {
      lags.add([lag.service, lag.journal.rawValue, lag.entries.grouped, lag.largest.grouped])
    }
    let now = clock["now"].integer.map { RFC3339.text(micros: Int64($0)) } ?? "unknown"
    let kind = clock["stepped"] == .bool(true) ? "stepped" : "system"
    return ["clock \(now) (\(kind))", replicas.text, journals.text, lags.text].joined(separator: "\n\n")
  }
}
