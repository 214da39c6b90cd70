import Contracts
import Journal
import Wire

/// The questions about rejected records and counts.
struct QueryHandler: Sendable {
  let node: IngestionNode

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
      return keys.compactMap { key in rows[key].map { (key.dropping(bytes: 3), $0) } }
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
          if case .totals(let totals) = row { (key.dropping(bytes: 3), totals) } else { nil }
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

  /// Reads a payload with a `limit` among its members.
  static func limit(
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
