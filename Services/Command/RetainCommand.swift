import ArgumentParser
import Contracts
import Journal
import Wire

/// `laurel retain`: drops what is old and nobody needs.
struct RetainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retain", abstract: "Drops old pages of journals and intakes behind every snapshot.",
    discussion: """
      Nothing is dropped unless this is run, and then only what is behind the snapshots of its owner and of \
      every follower (`laurel rebuild` makes them) and older than --days; events are kept 403 days at least, \
      since a reversal may name an original that is thirteen months old. What is dropped can no more be \
      folded from the first entry: take a backup before. A release that changes the form of a state needs \
      the pages behind its snapshots, so run `laurel rebuild` right after an upgrade and retain after that.
      """)

  @OptionGroup var options: HomeOptions

  @Option(help: "Keep what is younger, in days.")
  var days = Retention.eventDaysMin

  @Flag(help: "Say what the snapshots would allow, and drop nothing.")
  var dryRun = false

  func validate() throws {
    guard days >= Retention.daysMin else {
      throw ValidationError("--days is a number from \(Retention.daysMin) on")
    }
  }

  func run() async throws {
    let table = try await Cluster.with(options.folder) { cluster in
      let plan = try RetentionPlan(try await Self.needs(cluster), partitions: cluster.partitions)
      var table = TextTable(["journal", "behind all snapshots", "dropped"])
      for service in RetentionPlan.services {
        let through = plan.through[service] ?? [:]
        let gone = dryRun ? 0 : try await Self.drop(service, through, days: days, cluster)
        table.add([
          "\(service.rawValue)", Int(through.values.reduce(0, +)).grouped,
          dryRun ? "" : Int(gone).grouped,
        ])
      }
      return table
    }
    Terminal.result(table.text)
  }

  private static func needs(_ cluster: Cluster) async throws -> [JSONTree] {
    var reports: [JSONTree] = []
    for service in RetentionPlan.services {
      for replica in try cluster.replicas(of: service) {
        reports.append(
          try Cluster.tree(try await cluster.ask(replica, "retention/read"), "retention/read"))
      }
    }
    return reports
  }

  /// Gives how many entries of the service's journal are gone altogether.
  private static func drop(
    _ service: ServiceName, _ through: [Int: Int64], days: Int, _ cluster: Cluster
  ) async throws -> Int64 {
    var gone: Int64 = 0
    for (partition, number) in through.sorted(by: { $0.key < $1.key }) {
      let payload = JSONWriter.object { writer in
        writer.member("days", days)
        writer.key("through")
        writer.object { writer in
          writer.key(text: String(partition))
          writer.integer(number)
        }
      }
      do throws(WireError) {
        let reply = try await cluster.call(
          service, "retention/drop", partition: partition, Frames([payload]))
        gone += Int64(try Cluster.tree(reply, "retention/drop")[String(partition)]["journal"].integer ?? 0)
      } catch { throw Fault("retention/drop", error) }
    }
    return gone
  }
}

/// Up to where each service's journal is needed by nobody, from what all replicas need: pure.
struct RetentionPlan: Sendable, Equatable {
  static let services = ServiceName.allCases.filter { $0 != .gateway }

  /// By the service that owns the journal, and partition.
  private(set) var through: [ServiceName: [Int: Int64]] = [:]

  /// Throws when a partition of any service is not told of: who is not there may need everything.
  init(_ reports: [JSONTree], partitions: Int) throws {
    var needs: [ServiceName: [Int: JSONTree]] = [:]
    for report in reports {
      guard let service = report["service"].text.flatMap(ServiceName.init(rawValue:)) else { continue }
      for member in report["partitions"].members {
        if let partition = Int(member.name) { needs[service, default: [:]][partition] = member.value }
      }
    }
    for service in Self.services {
      guard let missing = (0..<partitions).first(where: { needs[service]?[$0] == nil }) else { continue }
      throw Fault(
        "\(service.rawValue) does not say what it needs of partition \(missing)",
        advice: "wait until every partition has an owner (`laurel status`); nothing was dropped")
    }
    for journal in JournalName.allCases where !journal.isDefinitions {
      for partition in 0..<partitions {
        through[journal.owner, default: [:]][partition] = Self.floor(of: journal, partition, needs)
      }
    }
  }

  /// The smallest number that the owner's snapshot and every follower's have taken.
  private static func floor(
    of journal: JournalName, _ partition: Int, _ needs: [ServiceName: [Int: JSONTree]]
  ) -> Int64 {
    services.compactMap { service in
      let need = needs[service]?[partition] ?? .null
      let number = service == journal.owner ? need["head"] : need["followed"][journal.rawValue]
      return number.integer.map(Int64.init)
    }.min() ?? 0
  }
}
