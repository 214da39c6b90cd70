import Contracts
import Journal
import Wire

/// The questions about events, rejected records and counts.
struct QueryHandler: Sendable {
  /// Entries that are fetched at once while a customer's are followed back.
  private static let windowEntries = 128

  let node: IngestionNode

  /// `ingestion.v1/events {"customer_id", "limit"}`: a customer's entries as stored, newest first.
  func events(_ payloads: Frames) async throws -> Frames {
    var customer = ""
    let limit = try Self.limit(payloads) { key, scanner in
      if case "customer_id" = key { customer = try scanner.string() } else { try scanner.skip() }
    }
    guard !customer.isEmpty else { throw WireError.invalid("'customer_id' is missing") }
    let partition = Partitioning.partition(of: customer, count: node.settings.partitions)
    let key = IngestionRow.customerKey(customer)
    let last = try await node.main.read(partition) { reader in
      if case .customer(let last) = try reader.row(key) { last } else { Int64(0) }
    }
    let found = try await chain(partition, from: last, limit: limit)
    return Frames([
      JSONWriter.object { writer in
        writer.member("customer_id", customer)
        writer.key("events")
        writer.array { writer in for entry in found.entries { writer.raw(entry) } }
        writer.member("next", found.next)
      }
    ])
  }

  /// Entries along the links, and where they go on (0: nowhere).
  private func chain(_ partition: Int, from last: Int64, limit: Int) async throws -> (
    entries: [[UInt8]], next: Int64
  ) {
    var entries: [[UInt8]] = []
    var window: [Int64: [UInt8]] = [:]
    var next = last
    while next > 0, entries.count < limit {
      if window[next] == nil {
        let after = max(0, next - Int64(Self.windowEntries))
        let page = try await node.main.entries(partition, after: after, limit: Int(next - after))
        window = Dictionary(page) { first, _ in first }
        if window[next] == nil {
          window = Dictionary(try await node.main.entries(partition, after: next - 1, limit: 1)) { first, _ in
            first
          }
        }
      }
      guard let entry = window[next] else {
        throw WireError.dataLoss("there is no entry \(next) of partition \(partition)")
      }
      entries.append(entry)
      next = try JournalledEvent(entry[...]).prev
    }
    return (entries, next)
  }

  /// `ingestion.v1/rejected {"source", "limit", "after"}`: `{"rejected": [...], "after"}`.
  func rejected(_ payloads: Frames) async throws -> Frames {
    var (source, after) = ("", "")
    let limit = try Self.limit(payloads) { key, scanner in
      switch key {
      case "source": source = try scanner.string()
      case "after": after = try scanner.string()
      default: try scanner.skip()
      }
    }
    try ChunkName.check("source", source, MappingLimits.nameBytesMax)
    let prefix = "!r:" + ChunkName.prefix(source: source)
    let start = after.isEmpty ? prefix : "!r:" + after
    let partition = Partitioning.partition(of: source, count: node.settings.partitions)
    let rows = try await node.main.read(partition) { reader in
      let keys = try reader.keys(prefix: prefix, after: start, limit: limit)
      let rows = try reader.rows(keys)
      return keys.compactMap { key in rows[key].map { (String(key.dropFirst(3)), $0) } }
    }
    return Frames([
      JSONWriter.object { writer in
        writer.key("rejected")
        writer.array { writer in for (id, row) in rows { Self.write(id, row, &writer) } }
        if rows.count == limit { writer.member("after", optional: rows.last?.0) }
      }
    ])
  }

  private static func write(_ id: String, _ row: IngestionRow, _ writer: inout JSONWriter) {
    guard case .rejected(let row) = row else { return }
    writer.object { writer in
      writer.member("id", id)
      writer.member("source", row.source)
      writer.member("index", row.index)
      writer.member("at", row.at)
      writer.member("stage", row.stage)
      writer.member("code", row.code)
      writer.member("message", row.message)
      writer.member("raw", String(decoding: row.raw, as: UTF8.self))
    }
  }

  /// `ingestion.v1/totals`: `{"sources": {name: counts}}` over the partitions that are open here.
  func totals() async throws -> Frames {
    var found: [(String, TotalsRow)] = []
    for partition in node.main.open {
      found += try await node.main.read(partition) { reader in
        let keys = try reader.keys(prefix: "!t:", limit: IngestionLimits.listMax)
        return try reader.rows(keys).compactMap { key, row in
          if case .totals(let totals) = row { (String(key.dropFirst(3)), totals) } else { nil }
        }
      }
    }
    return Frames([
      JSONWriter.object { writer in
        writer.key("sources")
        writer.object { writer in
          for (source, totals) in found.sorted(by: { $0.0 < $1.0 }) {
            writer.key(text: source)
            Self.write(totals, &writer)
          }
        }
      }
    ])
  }

  private static func write(_ totals: TotalsRow, _ writer: inout JSONWriter) {
    writer.object { writer in
      totals.counts.write(&writer)
      writer.member("chunks", totals.chunks)
      writer.member("open_chunks", totals.open)
      writer.member("last_sync_at", totals.lastAt)
    }
  }

  /// `ingestion.v1/sources`: `{"sources": [...]}`, by name.
  func sources() async throws -> Frames {
    let rows = try await definitions()
    return Frames([
      JSONWriter.object { writer in
        writer.key("sources")
        writer.array { writer in
          for definition in rows.sorted(by: { $0.sourceName < $1.sourceName }) { definition.write(&writer) }
        }
      }
    ])
  }

  private func definitions() async throws -> [SourceDefinition] {
    let limit = IngestionLimits.sourcesMax
    if node.definitions.open.contains(node.definitionsPartition) {
      return try await node.definitions.read(node.definitionsPartition) { reader in
        Array(try reader.rows(try reader.keys(prefix: SourcesFold.prefix, limit: limit)).values)
      }
    }
    guard let partition = node.main.open.first else {
      throw WireError.unavailable("no partition is open here yet")
    }
    return try await node.main.read(partition) { reader in
      let keys = try reader.keys(prefix: IngestionRow.sourceKey(""), limit: limit)
      return try reader.rows(keys).values.compactMap { if case .source(let row) = $0 { row } else { nil } }
    }
  }

  /// Reads a payload with a `limit` among its members.
  private static func limit(
    _ payloads: Frames, _ member: (JSONKey, inout JSONScanner) throws -> Void
  ) throws(WireError) -> Int {
    var limit = IngestionLimits.listDefault
    try Payload.read(payloads.first) { key, scanner in
      if case "limit" = key { limit = Int(try scanner.integer()) } else { try member(key, &scanner) }
    }
    guard (1...IngestionLimits.listMax).contains(limit) else {
      throw .invalid("'limit' must be 1 to \(IngestionLimits.listMax)")
    }
    return limit
  }
}
