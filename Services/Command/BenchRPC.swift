import ArgumentParser
import Foundation
import Wire

/// `laurel bench rpc`: requests between two processes, against the same in C.
struct BenchRPCCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rpc", abstract: "Requests over ipc: CPU and rate beside plain C on the same nng.",
    discussion: """
      Two processes echo payloads; CPU is user and system time of both. Each case is run three times in \
      turns with C, and the best of each counts.
      """)

  @Flag(help: "Print the result as JSON.")
  var json = false

  @Option(help: "Roughly how long each run of a case takes.")
  var secondsPerCase = 1.0

  @Option(help: ArgumentHelp("Only this size, bytes; may be repeated.", valueName: "bytes"))
  var size: [Int] = []

  @Option(help: ArgumentHelp("Only so many requests at a time; may be repeated.", valueName: "count"))
  var inFlight: [Int] = []

  func validate() throws {
    guard secondsPerCase > 0, size.allSatisfy({ (1...BenchRPC.sizeMax).contains($0) }),
      inFlight.allSatisfy({ (1...BenchRPC.inFlightMax).contains($0) })
    else {
      throw ValidationError(
        "seconds are more than 0, sizes 1 to \(BenchRPC.sizeMax), in flight 1 to \(BenchRPC.inFlightMax)")
    }
  }

  func run() async throws {
    let terminal = Terminal()
    BenchCommand.warn(terminal)
    let bench = try BenchRPC(seconds: secondsPerCase)
    var results: [BenchRPCResult] = []
    for bytes in size.isEmpty ? BenchRPC.sizes : size {
      for width in inFlight.isEmpty ? BenchRPC.widths : inFlight {
        terminal.progress("\(bytes) bytes, \(width) in flight")
        results.append(try await bench.measure(bytes: bytes, inFlight: width))
      }
    }
    terminal.clear()
    let report = BenchRPCReport(results: results)
    Terminal.result(json ? report.json : report.text)
  }
}

/// Runs the two pairs of processes.
struct BenchRPC: Sendable {
  static let sizes = [64, 1_024, 65_536, 1_048_576]
  static let widths = [1, 8, 64]
  /// Bytes of a payload; a frame holds little more.
  static let sizeMax = 8_000_000
  static let inFlightMax = 1_024
  /// Of how many runs the best counts.
  static let rounds = 3
  /// Requests from which the number for a case is found.
  private static let probe = 300
  private static let countMax = 5_000_000.0

  private let folder = try? BenchFolder()
  private let seconds: Double
  private let reference: String

  init(seconds: Double) throws {
    self.seconds = seconds
    reference = try BenchFolder.reference()
  }

  func measure(bytes: Int, inFlight: Int) async throws -> BenchRPCResult {
    let first = try await run(reference, [], bytes, inFlight, Self.probe)
    let count = Int(min(max(first.perSecond * seconds, Double(Self.probe)), Self.countMax))
    var (swift, c): ([BenchRate], [BenchRate]) = ([], [])
    for _ in 0..<Self.rounds {
      swift.append(try await run(ServicePlans.ownExecutable, ["bench"], bytes, inFlight, count))
      c.append(try await run(reference, [], bytes, inFlight, count))
    }
    return BenchRPCResult(bytes: bytes, inFlight: inFlight, swift: BenchBest(swift), c: BenchBest(c))
  }

  /// One run of one pair: the client's rate with the CPU time of both.
  private func run(
    _ executable: String, _ prefix: [String], _ bytes: Int, _ inFlight: Int, _ count: Int
  ) async throws -> BenchRate {
    guard let folder else { throw Fault("there is no temporary folder", advice: "set TMPDIR") }
    let socket = "\(folder.path)/\(UUID().uuidString.prefix(8))"
    let server = BenchChild(executable, prefix + ["rpc-server", "ipc://\(socket)"], folder: folder.path)
    do {
      try await server.until("its socket") { FileManager.default.fileExists(atPath: socket) }
      let words = ["rpc-client", "ipc://\(socket)", String(bytes), String(inFlight), String(count)]
      let client = BenchChild(executable, prefix + words, folder: folder.path)
      try await client.ended()
      try await server.stop()
      return try await client.line(0).adding(try await server.line(0))
    } catch {
      server.kill()
      throw error
    }
  }
}

/// The best of several runs.
struct BenchBest: Sendable, Hashable {
  /// CPU microseconds of one operation.
  var cpuEach: Double
  var perSecond: Double

  init(_ rates: [BenchRate]) {
    cpuEach = rates.map(\.cpuEach).min() ?? 0
    perSecond = rates.map(\.perSecond).max() ?? 0
  }

  func write(_ writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("cpu_us", Decimal6(rounding: cpuEach))
      writer.member("per_second", Decimal6(rounding: perSecond))
    }
  }
}

/// One case.
struct BenchRPCResult: Sendable, Hashable {
  var bytes: Int
  var inFlight: Int
  var swift: BenchBest
  var c: BenchBest

  var ratio: Double { c.cpuEach > 0 ? swift.cpuEach / c.cpuEach : 0 }
}

/// All cases.
struct BenchRPCReport: Sendable {
  /// The most that Swift may cost of what C costs, at `targetBytes` and `targetInFlight`.
  static let target = 1.25
  static let targetBytes = 1_024
  static let targetInFlight = 64

  var results: [BenchRPCResult]

  /// The ratio that the target is about; nil when that case was not run.
  var ratio: Double? {
    results.first { $0.bytes == Self.targetBytes && $0.inFlight == Self.targetInFlight }?.ratio
  }

  var json: String {
    RebuildCommand.text { writer in
      writer.object { writer in
        writer.member("debug", BenchCommand.isDebug)
        writer.key("cases")
        writer.array { writer in for result in results { Self.write(result, &writer) } }
        writer.member("target", Decimal6(rounding: Self.target))
        writer.key("ratio")
        if let ratio { writer.decimal(Decimal6(rounding: ratio)) } else { writer.null() }
      }
    }
  }

  private static func write(_ result: BenchRPCResult, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("bytes", result.bytes)
      writer.member("in_flight", result.inFlight)
      writer.key("swift")
      result.swift.write(&writer)
      writer.key("c")
      result.c.write(&writer)
      writer.member("ratio", Decimal6(rounding: result.ratio))
    }
  }

  var text: String {
    var table = TextTable(["bytes", "in flight", "us/request", "in C", "ratio", "requests/s", "in C"])
    for result in results {
      table.add([
        result.bytes.grouped, String(result.inFlight), String(format: "%.1f", result.swift.cpuEach),
        String(format: "%.1f", result.c.cpuEach), String(format: "%.2f", result.ratio),
        Int(result.swift.perSecond).grouped, Int(result.c.perSecond).grouped,
      ])
    }
    guard let ratio else { return table.text }
    return table.text + "\ntarget at \(Self.targetBytes) bytes, \(Self.targetInFlight) in flight: "
      + String(format: "<= %.2f, ratio %.2f", Self.target, ratio)
  }
}
