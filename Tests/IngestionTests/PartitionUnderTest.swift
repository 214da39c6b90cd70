import Contracts
import Foundation
import Storage
import Support
import Testing
import Wire

@testable import Ingestion
@testable import Journal

/// One partition of Ingestion, of an installation with only that one, on a database of its own.
final class PartitionUnderTest {
  static let now: Int64 = 1_700_000_000_000_000

  let folder: ScratchFolder
  let database: String
  let twin: Twin<IngestionFold>
  private var chunks = 0

  init() throws {
    folder = try ScratchFolder()
    database = "\(folder.path)/events.sqlite"
    twin = try Twin(IngestionFold(), path: database)
  }

  /// Appends drafts as the next chunk, or as one that is named.
  @discardableResult
  func append(
    _ drafts: [EventDraft], chunk: String? = nil, source: String = "cdr", originals: [Original] = [],
    now: Int64 = PartitionUnderTest.now
  ) throws -> AppendReply {
    chunks += 1
    let name = chunk ?? "\(source)/run/\(chunks)-\(chunks)"
    var request = AppendRequest(partition: 0, of: 1, chunk: name, source: source, detail: true)
    request.originals = originals.count
    let payloads = [request.encoded()] + originals.map { $0.encoded() } + drafts.map { $0.encoded() }
    return try AppendReply(twin.command(Method.append, payloads, now: now).first)
  }

  /// Appends as the handler does: with the originals that the drafts' REVERSALs take back.
  @discardableResult
  func bring(_ drafts: [EventDraft], source: String = "cdr") throws -> AppendReply {
    let marks = drafts.flatMap { draft in
      draft.reverses.map { RecordIdentity(customer: draft.customer, ($0.source, $0.id)).events } ?? []
    }
    let numbers = Set(try twin.reader.identities(marks).values).sorted()
    let originals = numbers.map { Original(number: $0, entry: twin.outputs[Int($0) - 1]) }
    return try append(drafts, source: source, originals: originals)
  }

  /// All entries as text.
  var entries: [String] { twin.outputs.map { String(decoding: $0, as: UTF8.self) } }

  func row(_ key: String) throws -> IngestionRow? { try twin.reader.row(key) }

  /// What a derivation from the journal does otherwise than the steps did.
  func derived() throws -> [String] {
    let live = try Session.open(DatabaseURL("sqlite:\(database)"))
    defer { live.close() }
    let scratch = try Session.open(
      DatabaseURL("sqlite:\(folder.path)/derived"), SessionOptions(durable: false))
    defer { scratch.close() }
    try Schema.create(scratch)
    for table in ["folded", "state", "identity"] { try scratch.execute("DELETE FROM \(table)", []) }
    var scratchWork = Batch<IngestionFold>(
      fold: twin.fold, partition: 0, progress: Progress(), registers: IngestionRegisters(),
      definitions: EmptyRow(),
      cache: RowCache(limit: 100), store: StateStore(session: scratch, partition: 0))
    for (place, entry) in twin.outputs.enumerated() {
      try twin.fold.derive(Int64(place + 1), entry[...], &scratchWork.work)
    }
    try scratch.transaction { session in
      try StateStore(session: session, partition: 0).write(scratchWork.work, of: twin.fold, mark: 0)
    }
    return try ["state": "key, value", "identity": "hash, number"].flatMap { table, columns in
      let rows = try [live, scratch].map { session in
        try session.query("SELECT \(columns) FROM \(table) ORDER BY 1", []) { row in
          [row.blob(0), table == "state" ? row.blob(1) : Array(String(row.integer(1)).utf8)]
        }
      }
      return rows[0] == rows[1] ? [] : ["\(table): \(rows[0].count) rows live, \(rows[1].count) derived"]
    }
  }
}

/// A draft with few members.
func draft(
  _ customer: String, _ id: String, source: String = "cdr", shape: Int = 1, value: Int = 60,
  reverses: RecordName? = nil
) -> EventDraft {
  EventDraft(
    customer: customer, type: reverses == nil ? .callOutgoing : .reversal,
    value: reverses == nil ? Decimal6(value) : nil, unit: reverses == nil ? "s" : nil,
    at: 1_699_990_000_000_000, day: Day(number: 19_675), source: source, sourceType: "cdr", sourceID: id,
    shape: shape, reverses: reverses)
}

/// A REVERSAL of a record of the same source.
func reversal(_ customer: String, _ id: String, of original: String, source: String = "cdr", shape: Int = 1)
  -> EventDraft
{
  draft(customer, id, source: source, shape: shape, reverses: RecordName(source: source, id: original))
}

/// The refusal that a body throws.
func refusal(_ body: () throws -> Void) -> WireError? {
  do {
    try body()
    return nil
  } catch {
    return error as? WireError
  }
}
