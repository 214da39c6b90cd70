import Contracts
import Journal
import Messaging
import Wire

typealias MissionsNode = Node<MissionsFold, TemplatesFold>

/// The methods of this service.
func missionsRoutes(_ node: MissionsNode) -> [Route] {
  let handlers = MissionsHandlers(node: node)
  return [
    Route(Method.generate) { try await handlers.generate($0) },
    Route(Method.missions, idempotent: true) { try await handlers.list($0) },
    Route(Method.templates, idempotent: true) { try await handlers.templates($0) },
    Route(Method.patchTemplate) { try await handlers.patchTemplate($0) },
    Route(Method.missionTotals, idempotent: true) { try await handlers.totals($0) },
  ] + handlers.jobRoutes
}

/// What the routes do: find the partition, read or submit, write the answer.
struct MissionsHandlers: Sendable {
  let node: MissionsNode

  private func partition(of customer: String) -> Int {
    Partitioning.partition(of: customer, count: node.settings.partitions)
  }

  /// `{"customer_id", "max_missions"?, "force_regenerate"?, "dry_run"?, "template"?}`; asks Scoring first.
  func generate(_ request: Request) async throws -> Frames {
    let (customer, order) = try GenerationOrder.request(request.payloads.first)
    let partition = partition(of: customer)
    let left = request.head.deadline - node.settings.clock.machine()
    let snapshots = try await SnapshotSource(node: node).snapshots(
      partition, [customer], timeoutMilliseconds: max(1, Int(clamping: left)))
    var payloads = Frames([order.encoded()])
    payloads.append(contentsOf: snapshots)
    let key = request.head.key ?? ""
    return try await node.main.submit(
      partition, Command(method: Method.generateCommand, key: key, payloads: payloads))
  }

  /// `{"slug", "changes"}`; only the owner of the definitions does it.
  func patchTemplate(_ request: Request) async throws -> Frames {
    let command = Command(
      method: Method.patchTemplate, key: request.head.key ?? "", payloads: request.payloads)
    return try await node.definitions.submit(node.definitionsPartition, command)
  }

  /// `{"customer_id", "status"?}` or `{"id"}`; newest first: `{"results": [...]}`.
  func list(_ request: Request) async throws -> Frames {
    let query = try MissionQuery(request.payloads.first)
    let partition = try query.partition(count: node.settings.partitions)
    let now = node.settings.clock.now()
    let views = try await node.main.read(partition) { try query.views($0) }
    return Frames([
      JSONWriter.object { writer in
        writer.key("results")
        writer.array { writer in
          for view in views where query.shows(view.course.status(at: now)) { view.write(&writer, now: now) }
        }
      }
    ])
  }

  /// `{}`; all templates by slug: `{"results": [...]}`.
  func templates(_ request: Request) async throws -> Frames {
    let templates = try await currentTemplates()
    return Frames([
      JSONWriter.object { writer in
        writer.key("results")
        writer.array { writer in for template in templates { TemplateJSON.write(template, &writer) } }
      }
    ])
  }

  /// From the definitions themselves where they are open, else as a partition here has taken them.
  private func currentTemplates() async throws -> [MissionTemplate] {
    if let book = node.definitions.registers(node.definitionsPartition) { return book.templates }
    guard let partition = node.main.open.first else {
      throw WireError.unavailable("no partition is open here yet")
    }
    return try await node.main.read(partition) { $0.definitions.sorted.map(\.template) }
  }

  /// Counts by template and status over the partitions that are open here.
  func totals(_ request: Request) async throws -> Frames {
    var totals: [String: StatusCounts] = [:]
    var wants = 0
    for partition in node.main.open {
      guard let registers = node.main.registers(partition) else { continue }
      wants += registers.wants.count
      for (template, counts) in registers.counts { totals[template, default: StatusCounts()].add(counts) }
    }
    return Frames([
      JSONWriter.object { writer in
        writer.member("unanswered_batches", wants)
        writer.key("templates")
        writer.object { writer in
          for (template, counts) in totals.sorted(by: { $0.key < $1.key }) {
            writer.key(text: template)
            counts.write(&writer)
          }
        }
      }
    ])
  }
}

extension StatusCounts {
  func write(_ writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("generated", generated)
      for status in MissionStatus.allCases {
        writer.key(text: status.rawValue)
        writer.integer(self[status])
      }
    }
  }
}
