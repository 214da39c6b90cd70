import Contracts
import Journal
import Messaging
import Wire

/// What Scoring says of segments.
struct SegmentSource: Sendable {
  static let timeoutMilliseconds = 30_000
  let node: MissionsNode

  /// A segment's rule, or the customers of its list.
  enum Found: Sendable {
    case rule(String)
    case customers([String])
  }

  /// Throws Scoring's `not_found` where there is none of this id.
  func segment(_ id: String) async throws -> Found {
    let payload = JSONWriter.object { writer in
      writer.member("id", id)
      writer.member("customers", true)
    }
    let reply = try await node.directory.call(
      ServiceName.scoring.rawValue, Method.segments, partition: node.definitionsPartition, Frames([payload]),
      timeoutMilliseconds: Self.timeoutMilliseconds, retry: true)
    var found: Found?
    try Payload.read(reply.first) { key, scanner in
      guard "results" ~= key else {
        try scanner.skip()
        return
      }
      try scanner.beginArray()
      while try scanner.nextElement() { found = try Self.found(&scanner) }
    }
    guard let found else { throw WireError.internal("Scoring gave no segment '\(id)'") }
    return found
  }

  private static func found(_ scanner: inout JSONScanner) throws -> Found {
    var (rule, customers) = (String?.none, [String]())
    try Payload.members("results", &scanner) { key, scanner in
      switch key {
      case "rule": rule = try scanner.takeNull() ? nil : String(decoding: try scanner.skip(), as: UTF8.self)
      case "customer_ids":
        try scanner.beginArray()
        while try scanner.nextElement() { customers.append(try scanner.string()) }
      default: try scanner.skip()
      }
    }
    return rule.map(Found.rule) ?? .customers(customers)
  }

  /// The next page of those for whom the rule is true.
  func page(_ planning: JobPlanning, of job: String) async throws -> PlannedPage {
    let payload = JSONWriter.object { writer in
      writer.member("partition", planning.partition)
      writer.member("rule", raw: Array(planning.rule.utf8))
      writer.member("after", planning.after)
      writer.member("limit", GenerationOrder.snapshotsMax)
    }
    let reply = try await node.directory.call(
      ServiceName.scoring.rawValue, Method.select, partition: planning.partition, Frames([payload]),
      timeoutMilliseconds: Self.timeoutMilliseconds, retry: true)
    var (customers, next) = ([String](), String?.none)
    try Payload.read(reply.first) { key, scanner in
      switch key {
      case "next": next = try scanner.takeNull() ? nil : try scanner.string()
      case "results":
        try scanner.beginArray()
        while try scanner.nextElement() {
          try Payload.members("results", &scanner) { key, scanner in
            if case "customer_id" = key { customers.append(try scanner.string()) } else { try scanner.skip() }
          }
        }
      default: try scanner.skip()
      }
    }
    return PlannedPage(
      id: job, from: planning, to: planning.behind(next),
      chunk: customers.isEmpty ? nil : JobChunk(partition: planning.partition, customers: customers))
  }
}
