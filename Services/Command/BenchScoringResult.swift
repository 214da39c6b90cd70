import Foundation
import Storage
import Wire

/// What `laurel bench scoring` found.
struct BenchScoringResult: Sendable {
  /// Reads of single customers while events go on.
  struct Reads: Sendable, Hashable {
    /// Events a second meanwhile.
    var rate: Double
    /// Milliseconds.
    var latencies: [Double]
  }

  /// The rows of customers as they are stored.
  struct Rows: Sendable, Hashable {
    var count = 0
    /// Bytes of a row: of the middle one, and of the one that 99 of a hundred do not exceed.
    var median = 0
    var p99 = 0
    /// Bytes of the whole file, intake and indexes among them.
    var file: Int64 = 0

    init() {}

    /// Reads a database of Scoring that nobody uses.
    init(_ path: String) throws {
      let session = try Session.open(try DatabaseURL("sqlite:\(path)"))
      defer { session.close() }
      var sizes: [Int] = []
      let range: [SQLValue] = [.blob(Array("c:".utf8)), .blob(Array("c;".utf8))]
      try session.forEach("SELECT length(value) FROM state WHERE key >= ?1 AND key < ?2", range) { row in
        sizes.append(Int(row.integer(0)))
        return true
      }
      sizes.sort()
      count = sizes.count
      if !sizes.isEmpty { (median, p99) = (sizes[(count - 1) / 2], sizes[(count - 1) * 99 / 100]) }
      let facts = try FileManager.default.attributesOfItem(atPath: path)
      file = (facts[.size] as? NSNumber)?.int64Value ?? 0
    }
  }

  var customers: Int
  /// Histories, one customer's after the other's.
  var load: BenchRate
  /// Events of random customers.
  var events: BenchRate
  var reads: Reads
  /// Customers calculated.
  var batch: BenchRate
  /// The most resident memory of Scoring.
  var peakBytes: Int64
  var rows = Rows()

  var json: String {
    RebuildCommand.text { writer in
      writer.object { writer in
        writer.member("debug", BenchCommand.isDebug)
        writer.member("customers", customers)
        Self.write("history_events", load, &writer)
        Self.write("events", events, &writer)
        writer.key("reads")
        writer.object { writer in
          writer.member("events_per_second", Decimal6(rounding: reads.rate))
          writer.member("count", reads.latencies.count)
          writer.member("p50_milliseconds", Decimal6(rounding: reads.latencies.percentile(0.5)))
          writer.member("p99_milliseconds", Decimal6(rounding: reads.latencies.percentile(0.99)))
        }
        writer.member("batch_customers_per_second", Decimal6(rounding: batch.perSecond))
        writer.key("rows")
        writer.object { writer in
          writer.member("count", rows.count)
          writer.member("median_bytes", rows.median)
          writer.member("p99_bytes", rows.p99)
          writer.member("file_bytes", rows.file)
        }
        writer.member("peak_bytes", peakBytes)
      }
    }
  }

  private static func write(_ name: String, _ rate: BenchRate, _ writer: inout JSONWriter) {
    writer.key(text: name)
    writer.object { writer in
      writer.member("count", rate.operations)
      writer.member("per_second", Decimal6(rounding: rate.perSecond))
      writer.member("cpu_us_per_event", Decimal6(rounding: rate.cpuEach))
    }
  }

  var text: String {
    func line(_ what: String, _ rate: BenchRate) -> String {
      "\(what): \(Int(rate.perSecond).grouped)/s, " + String(format: "%.1f us CPU each", rate.cpuEach)
    }
    let latency = String(
      format: "p50 %.1f ms, p99 %.1f ms", reads.latencies.percentile(0.5), reads.latencies.percentile(0.99))
    return [
      "\(customers.grouped) customers", line("events of histories", load), line("events of anybody", events),
      "a score read at \(Int(reads.rate).grouped) events/s: \(latency)",
      "batch: \(Int(batch.perSecond).grouped) customers/s",
      "a row: \(rows.median) bytes in the middle, \(rows.p99) at 99 %",
      String(format: "peak memory of Scoring: %.0f MB", Double(peakBytes) / 1_048_576),
    ].joined(separator: "\n")
  }
}
