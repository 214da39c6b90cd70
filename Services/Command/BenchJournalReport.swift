import Foundation
import Wire

/// The runs of one engine.
struct BenchJournalResult: Sendable {
  let engine: BenchEngine
  private(set) var swift: [BenchJournalRun] = []
  private(set) var c: [BenchJournalRun] = []
  private(set) var batches: BenchBatches?

  init(engine: BenchEngine) { self.engine = engine }

  mutating func add(swift run: BenchJournalRun, batches: BenchBatches) {
    swift.append(run)
    self.batches = batches
  }

  mutating func add(c run: BenchJournalRun) { c.append(run) }

  /// The cheapest run of each side.
  static func best(_ runs: [BenchJournalRun]) -> BenchJournalRun? {
    runs.min { $0.cpuEach < $1.cpuEach }
  }

  /// What Swift costs of what C costs; nil without runs.
  var ratio: Double? {
    guard let swift = Self.best(swift), let c = Self.best(c), c.cpuEach > 0 else { return nil }
    return swift.cpuEach / c.cpuEach
  }
}

/// All engines.
struct BenchJournalReport: Sendable {
  /// The most that Swift may cost of what C costs.
  static let target = 1.5

  let events: Int
  var results: [BenchJournalResult] = []
  var skipped: [String] = []

  init(events: Int) { self.events = events }

  var json: String {
    RebuildCommand.text { writer in
      writer.object { writer in
        writer.member("debug", BenchCommand.isDebug)
        writer.member("events", events)
        writer.member("target", Decimal6(rounding: Self.target))
        writer.key("engines")
        writer.array { writer in for result in results { Self.write(result, &writer) } }
        writer.key("skipped")
        writer.array { writer in for reason in skipped { writer.string(reason) } }
      }
    }
  }

  private static func write(_ result: BenchJournalResult, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("engine", result.engine.rawValue)
      writer.member("append_batch", optional: result.batches?.append)
      writer.member("follow_batch", optional: result.batches?.follow)
      for (name, runs) in [("swift", result.swift), ("c", result.c)] {
        writer.key(text: name)
        if let run = BenchJournalResult.best(runs) { write(run, &writer) } else { writer.null() }
      }
      writer.key("ratio")
      if let ratio = result.ratio { writer.decimal(Decimal6(rounding: ratio)) } else { writer.null() }
    }
  }

  private static func write(_ run: BenchJournalRun, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("append_per_second", Decimal6(rounding: run.append.perSecond))
      writer.member("follow_per_second", Decimal6(rounding: run.follow.perSecond))
      writer.key("cpu_us")
      writer.object { writer in
        writer.member("append", Decimal6(rounding: run.append.cpuEach))
        if let serve = run.serve { writer.member("serve", Decimal6(rounding: serve.cpuEach)) }
        writer.member("follow", Decimal6(rounding: run.follow.cpuEach))
        writer.member("server", Decimal6(rounding: run.serverEach))
        writer.member("all", Decimal6(rounding: run.cpuEach))
      }
    }
  }

  var text: String {
    var table = TextTable([
      "", "append us", "serve us", "follow us", "server us", "all us", "append/s", "follow/s", "ratio",
    ])
    for result in results {
      if let run = BenchJournalResult.best(result.swift) {
        table.add(Self.cells(result.engine.rawValue, run, result.ratio))
      }
      if let run = BenchJournalResult.best(result.c) {
        table.add(Self.cells("  in C", run, nil))
      }
    }
    let target = events.grouped + String(format: " events; target: ratio <= %.2f", Self.target)
    return ([table.text, target] + skipped).joined(separator: "\n")
  }

  private static func cells(_ name: String, _ run: BenchJournalRun, _ ratio: Double?) -> [String] {
    let costs = [
      run.append.cpuEach, run.serve?.cpuEach ?? 0, run.follow.cpuEach, run.serverEach, run.cpuEach,
    ]
    return [name] + costs.map { String(format: "%.2f", $0) }
      + [Int(run.append.perSecond).grouped, Int(run.follow.perSecond).grouped]
      + [ratio.map { String(format: "%.2f", $0) } ?? ""]
  }
}
