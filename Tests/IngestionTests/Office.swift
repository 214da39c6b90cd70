import Contracts
import Foundation
import Journal
import Messaging
import Storage
import Support
import Testing
import Wire

@testable import Ingestion

/// Ingestion as a running node over a database and a folder of files, which outlive the node.
final class Office: Sendable {
  typealias Running = LocalNode<IngestionFold, SourcesFold>

  static let now = RFC3339.micros("2024-06-01T12:00:00Z".utf8) ?? 0

  let folder: ScratchFolder
  let files: String
  private let partitions: Int
  private let chunkRecords: Int
  private let cluster = LocalCluster(now: Office.now)
  private let client: Directory
  private let database: DatabaseURL

  init(
    partitions: Int = 4, chunkRecords: Int = IngestionLimits.recordsMax, database: DatabaseURL? = nil
  ) throws {
    folder = try ScratchFolder()
    files = "\(folder.path)/files"
    try FileManager.default.createDirectory(atPath: files, withIntermediateDirectories: true)
    self.partitions = partitions
    self.chunkRecords = chunkRecords
    self.database = try database ?? folder.database(.sqlite, "ingestion")
    client = cluster.client()
  }

  /// Starts the node; `cut` may end it as a crash would.
  func start(
    _ name: String = "ingestion-1", cut: @escaping @Sendable (CutPoint) throws -> Void = { _ in }
  ) async throws -> Running {
    var settings = cluster.settings(
      .ingestion, name, database: database, partitions: partitions, scratch: folder.path)
    settings.cut = cut
    let chunkRecords = chunkRecords
    return try await cluster.start(settings, main: IngestionFold(), definitions: SourcesFold()) {
      ingestionRoutes($0, zone: .utc, chunkRecords: chunkRecords)
    }
  }

  /// Moves the operator's clock.
  func advance(to instant: Int64) { cluster.clock.advance(to: instant) }

  func end() async {
    await client.close()
    cluster.stop()
  }

  func call(_ method: String, _ payloads: [String], key: String? = nil) async throws -> Frames {
    try await client.call(
      "ingestion", method, Frames(payloads.map { Array($0.utf8) }), timeoutMilliseconds: 20_000, key: key,
      retry: true)
  }

  func text(_ method: String, _ payloads: String..., key: String? = nil) async throws -> String {
    String(decoding: try await call(method, payloads, key: key).first ?? [], as: UTF8.self)
  }

  func write(_ name: String, _ content: String) throws {
    try Data(content.utf8).write(to: URL(filePath: "\(files)/\(name)"))
  }

  /// Defines the source `calls`, whose files are in the folder.
  func define(format: String = #""format":"csv""#, glob: String = "*.csv") async throws {
    let text =
      #"{"definition":{"name":"calls","type":"cdr","connection_config":{"directory":"\#(files)","#
      + #""glob":"\#(glob)",\#(format)},"events":[{"customer_id":"who","#
      + #""event_type":{"const":"CALL_OUTGOING"},"value":"seconds","timestamp":"at","#
      + #""source_event_id":"id"}]}}"#
    _ = try await self.text(Method.putSource, text)
  }

  /// Begins a run of `calls` and awaits its end.
  func sync(_ source: String = "calls") async throws -> Job {
    let id = try Job.id(try await text(IngestionMethod.sync, #"{"source":"\#(source)"}"#))
    while true {
      let job = try Job(try await text(IngestionMethod.job, #"{"id":"\#(id)"}"#))
      if job.status != "running" { return job }
      try await Task.sleep(for: .milliseconds(2))
    }
  }

  /// Counts and links agree, nothing differs when it is derived again.
  func check() async throws {
    let audit = try await text("audit/run", "{}")
    #expect(audit.contains(#""findings":[]"#), "\(audit)")
    let rebuilt = try await text("rebuild/run", "{}")
    #expect(rebuilt.contains(#""differences":0,"#), "\(rebuilt)")
  }
}

/// A job as it is answered.
struct Job: Equatable {
  var status = ""
  var error = ""
  var read: Int64 = 0
  var accepted: Int64 = 0
  var duplicate: Int64 = 0
  var rejected: Int64 = 0
  var skipped: Int64 = 0
  var done: Int64 = 0
  var total: Int64 = 0

  init(_ text: String) throws {
    var scanner = JSONScanner(Array(text.utf8))
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      switch key {
      case "status": status = try scanner.string()
      case "error": error = try scanner.string()
      case "read": read = try scanner.integer()
      case "accepted": accepted = try scanner.integer()
      case "duplicate": duplicate = try scanner.integer()
      case "rejected": rejected = try scanner.integer()
      case "skipped": skipped = try scanner.integer()
      case "done": done = try scanner.integer()
      case "total": total = try scanner.integer()
      default: try scanner.skip()
      }
    }
  }

  static func id(_ text: String) throws -> String {
    var id = ""
    try Payload.read(Array(text.utf8)[...]) { key, scanner in
      if case "id" = key { id = try scanner.string() } else { try scanner.skip() }
    }
    return id
  }

  /// Read, accepted, duplicate, rejected, skipped.
  var counts: [Int64] { [read, accepted, duplicate, rejected, skipped] }
}
