import Foundation
import Wire

/// What `laurel bench pipeline` found.
struct BenchPipelineResult: Sendable {
  /// The whole file as fast as it goes.
  struct Full: Sendable, Hashable {
    var events: Int
    /// Until the last record was accepted.
    var acceptedMilliseconds: Int64
    /// Until the last effect.
    var settledMilliseconds: Int64
    /// By process.
    var cpuMicros: [String: Int64]

    /// Events from the file to their last effects.
    var perSecond: Double { Double(events) * 1_000 / Double(max(settledMilliseconds, 1)) }

    /// CPU microseconds of one event in a process.
    func cpuEach(_ process: String) -> Double { Double(cpuMicros[process] ?? 0) / Double(max(events, 1)) }

    var cpuEach: Double { Double(cpuMicros.values.reduce(0, +)) / Double(max(events, 1)) }
  }

  /// An even pace.
  struct Half: Sendable, Hashable {
    /// Events a second.
    var rate: Double
    /// Records that travelled together.
    var chunkRecords: Int
    /// From a chunk's answer to its last effects, milliseconds.
    var latencies: [Double]
  }

  var events: Int
  var customers: Int
  var full: Full
  var half: Half
  /// The most resident memory by process.
  var peakBytes: [String: Int64]
  var audit: Audit

  private var processes: [String] { full.cpuMicros.keys.sorted() }

  var json: String { RebuildCommand.text { write(&$0) } }

  private func write(_ writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("debug", BenchCommand.isDebug)
      writer.member("events", events)
      writer.member("customers", customers)
      writer.member("accepted_milliseconds", full.acceptedMilliseconds)
      writer.member("settled_milliseconds", full.settledMilliseconds)
      writer.member("events_per_second", Decimal6(rounding: full.perSecond))
      writer.key("processes")
      writer.object { writer in
        for name in processes {
          writer.key(text: name)
          writer.object { writer in
            writer.member("cpu_us_per_event", Decimal6(rounding: full.cpuEach(name)))
            writer.member("peak_bytes", peakBytes[name] ?? 0)
          }
        }
      }
      writer.member("cpu_us_per_event", Decimal6(rounding: full.cpuEach))
      writer.key("half_load")
      write(half: &writer)
      writer.key("audit")
      audit.write(&writer, false)
    }
  }

  private func write(half writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("events_per_second", Decimal6(rounding: half.rate))
      writer.member("chunk_records", half.chunkRecords)
      writer.member("chunks", half.latencies.count)
      writer.member("p50_milliseconds", Decimal6(rounding: half.latencies.percentile(0.5)))
      writer.member("p99_milliseconds", Decimal6(rounding: half.latencies.percentile(0.99)))
    }
  }

  var text: String {
    var table = TextTable(["process", "us/event", "peak MB"])
    for name in processes {
      table.add([
        name, String(format: "%.2f", full.cpuEach(name)),
        String(format: "%.0f", Double(peakBytes[name] ?? 0) / 1_048_576),
      ])
    }
    table.add(["all", String(format: "%.2f", full.cpuEach), ""])
    let seconds = [full.acceptedMilliseconds, full.settledMilliseconds].map {
      String(format: "%.1f s", Double($0) / 1_000)
    }
    let rate =
      "\(events.grouped) events of \(customers.grouped) customers: accepted after \(seconds[0]), all effects "
      + "after \(seconds[1]), \(Int(full.perSecond).grouped) events/s"
    let latency =
      "at \(Int(half.rate).grouped) events/s, from accepted to all effects: "
      + String(format: "p50 %.0f ms, ", half.latencies.percentile(0.5))
      + String(format: "p99 %.0f ms ", half.latencies.percentile(0.99))
      + "(\(half.latencies.count) chunks of \(half.chunkRecords))"
    return [rate, table.text, latency, "audit: " + audit.lines].joined(separator: "\n")
  }
}

/// How the figures grow with the number of customers.
extension BenchPipelineResult {
  static let growthCustomers = [10_000, 100_000, 1_000_000]

  /// `{"growth": [...]}`, one result for each number of customers.
  static func json(_ results: [BenchPipelineResult]) -> String {
    RebuildCommand.text { writer in
      writer.object { writer in
        writer.key("growth")
        writer.array { writer in for result in results { result.write(&writer) } }
      }
    }
  }

  static func table(_ results: [BenchPipelineResult]) -> String {
    var table = TextTable(["customers", "events/s", "us/event", "p50 ms", "p99 ms", "peak MB", "audit"])
    for result in results {
      let half = result.half.latencies
      table.add([
        result.customers.grouped, Int(result.full.perSecond).grouped,
        String(format: "%.1f", result.full.cpuEach), String(format: "%.0f", half.percentile(0.5)),
        String(format: "%.0f", half.percentile(0.99)),
        String(format: "%.0f", Double(result.peakBytes.values.reduce(0, +)) / 1_048_576),
        result.audit.isClean(false) ? "clean" : "not clean",
      ])
    }
    return table.text
  }
}
