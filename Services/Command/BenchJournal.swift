import ArgumentParser
import Foundation
import Storage
import Wire

/// `laurel bench journal`: appending and following, against the same tables and statements in C.
struct BenchJournalCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "journal", abstract: "A journal and its follower on both engines, beside plain C.",
    discussion: """
      One process appends events with their identities, another follows and keeps a row each; C does both \
      with the same tables, statements and batches, reading pages from the store, not by request. CPU on \
      PostgreSQL includes the server's where it is a private one.
      """)
  static let customersDefault = 100_000

  @Flag(help: "Print the result as JSON.")
  var json = false

  @Option(help: "How many events.")
  var events = 200_000

  @Option(help: "Of how many customers.")
  var customers = BenchJournalCommand.customersDefault

  @Option(
    help: "A PostgreSQL server where databases may be made (default: a private one if it is installed).")
  var postgres: String?

  @Option(help: "Only this engine.")
  var engine: BenchEngine?

  func validate() throws {
    guard events > 0, (1...1_000_000).contains(customers) else {
      throw ValidationError("--events is at least 1, --customers 1 to 1000000")
    }
  }

  func run() async throws {
    let terminal = Terminal()
    BenchCommand.warn(terminal)
    var report = BenchJournalReport(events: events)
    let bench = try BenchJournal(load: BenchEvents(count: events, customers: customers), terminal: terminal)
    if engine != .postgres { report.results.append(try await bench.sqlite()) }
    if engine != .sqlite {
      if let server = try postgres.map(BenchPostgres.init(url:)) ?? BenchPostgres.start() {
        report.results.append(try await bench.postgres(server))
      } else {
        report.skipped.append("postgres: its programs are not installed and no --postgres is given")
      }
    }
    terminal.clear()
    Terminal.result(json ? report.json : report.text)
  }
}

enum BenchEngine: String, ExpressibleByArgument, CaseIterable { case sqlite, postgres }

/// One run of one side.
struct BenchJournalRun: Sendable {
  var append: BenchRate
  /// The appending process while it serves pages; none in C.
  var serve: BenchRate?
  var follow: BenchRate
  /// The database server's CPU time, microseconds; 0 where it is in the processes or cannot be seen.
  var serverMicros: Int64 = 0

  /// CPU microseconds of one event over all processes.
  var cpuEach: Double {
    append.cpuEach + follow.cpuEach + (serve?.cpuEach ?? 0)
      + Double(serverMicros) / Double(max(append.operations, 1))
  }

  /// The database server's share of one event.
  var serverEach: Double { Double(serverMicros) / Double(max(append.operations, 1)) }
}

/// Runs both sides on an engine.
struct BenchJournal: Sendable {
  /// Of how many runs the best counts.
  static let rounds = 3

  private let load: BenchEvents
  private let terminal: Terminal
  private let folder: BenchFolder
  private let reference: String

  init(load: BenchEvents, terminal: Terminal) throws {
    self.load = load
    self.terminal = terminal
    folder = try BenchFolder()
    reference = try BenchFolder.reference()
  }

  private var counts: [String] { [String(load.count), String(load.customers)] }

  func sqlite() async throws -> BenchJournalResult {
    var result = BenchJournalResult(engine: .sqlite)
    for round in 0..<Self.rounds {
      terminal.progress("sqlite, round \(round + 1) of \(Self.rounds)")
      let files = ["edge", "rows", "c-edge", "c-rows"].map { "\(folder.path)/\($0)\(round).sqlite" }
      let (swift, batches) = try await self.swift("sqlite:" + files[0], "sqlite:" + files[1])
      result.add(swift: swift, batches: batches)
      result.add(c: try await c("journal-sqlite", files[2], files[3], batches))
      for file in files { for end in ["", "-wal", "-shm", ".lock"] { unlink(file + end) } }
    }
    return result
  }

  func postgres(_ server: BenchPostgres) async throws -> BenchJournalResult {
    var result = BenchJournalResult(engine: .postgres)
    for round in 0..<Self.rounds {
      terminal.progress("postgres, round \(round + 1) of \(Self.rounds)")
      let (swift, batches) = try await databases(server) { edge, rows in try await self.swift(edge, rows) }
      result.add(swift: swift.0.with(server: swift.1), batches: batches)
      let reference = try await databases(server) { edge, rows in
        (try await c("journal-postgres", edge, rows, batches), batches)
      }
      result.add(c: reference.0.0.with(server: reference.0.1))
    }
    return result
  }

  /// Runs a body with two new databases, and gives what the server used meanwhile.
  private func databases(
    _ server: BenchPostgres, _ body: (String, String) async throws -> (BenchJournalRun, BenchBatches)
  ) async throws -> ((BenchJournalRun, Int64), BenchBatches) {
    let name = "laurel_bench_" + UUID().uuidString.prefix(8).lowercased()
    return try await server.with(name + "_edge") { edge in
      try await server.with(name + "_rows") { rows in
        let before = server.process.map(BenchUsage.family(of:)) ?? 0
        let (run, batches) = try await body(edge, rows)
        let after = server.process.map(BenchUsage.family(of:)) ?? 0
        return ((run, after - before), batches)
      }
    }
  }

  private func swift(_ edge: String, _ rows: String) async throws -> (BenchJournalRun, BenchBatches) {
    let own = ServicePlans.ownExecutable
    let appending = BenchChild(
      own, ["bench", "journal-edge", folder.path, edge] + counts, folder: folder.path)
    do {
      let append = try await appending.line(0)
      let following = BenchChild(
        own, ["bench", "journal-rows", folder.path, rows] + counts, folder: folder.path)
      try await following.ended()
      try await appending.stop()
      let run = BenchJournalRun(
        append: append, serve: try await appending.line(1), follow: try await following.line(0))
      return (run, try BenchBatches(events: load.count, edge: edge, rows: rows))
    } catch {
      appending.kill()
      throw error
    }
  }

  private func c(
    _ loop: String, _ edge: String, _ rows: String, _ batches: BenchBatches
  ) async throws -> BenchJournalRun {
    let words = [loop, edge, rows] + counts + [String(batches.append), String(batches.follow)]
    let child = BenchChild(reference, words, folder: folder.path)
    try await child.ended()
    return BenchJournalRun(append: try await child.line(0), serve: nil, follow: try await child.line(1))
  }
}

extension BenchJournalRun {
  func with(server micros: Int64) -> BenchJournalRun {
    var run = self
    run.serverMicros = micros
    return run
  }
}

/// How many events of a partition were written together, on average: C does the same.
struct BenchBatches: Sendable, Hashable {
  var append: Int
  var follow: Int

  /// Reads it from what the two processes wrote.
  init(events: Int, edge: String, rows: String) throws {
    append = try Self.mean(events, edge, "events")
    follow = try Self.mean(events, rows, "intake")
  }

  private static func mean(_ events: Int, _ database: String, _ journal: String) throws -> Int {
    let session = try Session.open(try DatabaseURL(database), SessionOptions(readOnly: true))
    defer { session.close() }
    let pages = try session.query("SELECT count(*) FROM page WHERE journal = ?1", [.text(journal)]) {
      Int($0.integer(0))
    }
    return max(1, events / max(1, pages.first ?? 1))
  }
}
