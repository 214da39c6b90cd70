import Foundation
import Glibc
import Wire

/// What something used, as the kernel counts it.
struct BenchUsage: Sendable, Hashable {
  /// User and system CPU time, microseconds.
  var cpuMicros: Int64 = 0
  /// The most memory that was resident at a time, bytes.
  var peakBytes: Int64 = 0

  /// This process since its start.
  static var own: BenchUsage {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    let micros = [usage.ru_utime, usage.ru_stime].map { Int64($0.tv_sec) * 1_000_000 + Int64($0.tv_usec) }
    return BenchUsage(cpuMicros: micros.reduce(0, +), peakBytes: Int64(usage.ru_maxrss) * 1_024)
  }

  /// Another process; 0 where it cannot be read.
  static func of(_ process: pid_t) -> BenchUsage {
    let stat = BenchStat(text("/proc/\(process)/stat"))
    let ticks = stat.map { $0.user + $0.system } ?? 0
    return BenchUsage(cpuMicros: micros(ticks), peakBytes: peak(text("/proc/\(process)/status")))
  }

  /// A process with all its children, those that ended included, microseconds.
  static func family(of parent: pid_t) -> Int64 {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    let stats = names.compactMap(Int32.init).compactMap { BenchStat(text("/proc/\($0)/stat")) }
    let mine = stats.filter { $0.process == parent }.map { $0.user + $0.system + $0.ended }
    let children = stats.filter { $0.parent == parent }.map { $0.user + $0.system }
    return micros((mine + children).reduce(0, +))
  }

  private static func text(_ path: String) -> String {
    FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  private static func micros(_ ticks: Int64) -> Int64 {
    ticks * 1_000_000 / Int64(max(sysconf(Int32(_SC_CLK_TCK)), 1))
  }

  /// The line `VmHWM:    12345 kB` of a status file, in bytes.
  static func peak(_ status: String) -> Int64 {
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return (line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int64($0) } ?? 0) * 1_024
  }
}

/// What a line of `/proc/PID/stat` says of a process; times in ticks (proc(5)).
struct BenchStat: Sendable, Hashable {
  var process: Int32
  var parent: Int32
  var user: Int64
  var system: Int64
  /// Of children that ended and were waited for.
  var ended: Int64

  /// The program's name stands in parentheses and may hold anything, so the last one ends it.
  init?(_ text: String) {
    guard let open = text.firstIndex(of: "("), let close = text.lastIndex(of: ")"),
      let process = Int32(text[..<open].filter { !$0.isWhitespace })
    else { return nil }
    let fields = text[text.index(after: close)...].split(whereSeparator: \.isWhitespace)
    let numbers = fields.dropFirst().map { Int64($0) }
    // After the state come the parent (field 4) and eight others, then the times (14 to 17).
    guard numbers.count >= 14, let parent = numbers[0], let user = numbers[10], let system = numbers[11],
      let endedUser = numbers[12], let endedSystem = numbers[13]
    else { return nil }
    self.process = process
    self.parent = Int32(truncatingIfNeeded: parent)
    self.user = user
    self.system = system
    ended = endedUser + endedSystem
  }
}

/// So many operations, what they took and what they used.
struct BenchRate: Sendable, Hashable {
  var operations: Int64
  var seconds: Double
  var cpuMicros: Int64

  init(operations: Int64, seconds: Double, cpuMicros: Int64) {
    self.operations = operations
    self.seconds = seconds
    self.cpuMicros = cpuMicros
  }

  /// Reads a line that `write` or the loops in C printed.
  init(_ line: JSONTree) throws {
    guard let operations = line["operations"].integer, let seconds = Double(line["seconds"].shown),
      let user = line["cpu_user_us"].integer, let system = line["cpu_system_us"].integer
    else { throw Fault("\(line.shown) is no result of a benchmark") }
    self.init(operations: Int64(operations), seconds: seconds, cpuMicros: Int64(user + system))
  }

  /// CPU microseconds of one operation.
  var cpuEach: Double { Double(cpuMicros) / Double(max(operations, 1)) }
  var perSecond: Double { Double(operations) / max(seconds, 1e-9) }

  /// The same operations with the CPU time of another process too.
  func adding(_ other: BenchRate) -> BenchRate {
    BenchRate(operations: operations, seconds: seconds, cpuMicros: cpuMicros + other.cpuMicros)
  }
}

/// Measures this process from its creation to `line`.
struct BenchSpan: Sendable {
  private let usage = BenchUsage.own
  private let begin = ContinuousClock.now

  func rate(_ operations: Int64) -> BenchRate {
    let (seconds, atto) = (ContinuousClock.now - begin).components
    return BenchRate(
      operations: operations, seconds: Double(seconds) + Double(atto) / 1e18,
      cpuMicros: BenchUsage.own.cpuMicros - usage.cpuMicros)
  }

  /// Prints one line in the form of the loops in C.
  func report(_ operations: Int64) {
    let rate = rate(operations)
    let text = JSONWriter.object { writer in
      writer.member("operations", rate.operations)
      writer.member("seconds", Decimal6(rounding: rate.seconds))
      writer.member("cpu_user_us", rate.cpuMicros)
      writer.member("cpu_system_us", 0)
    }
    FileHandle.standardOutput.write(Data(text + [0x0A]))
  }
}

extension Decimal6 {
  /// The nearest number with three places.
  init(rounding value: Double) { self.init(millionths: Int64((value * 1_000).rounded()) * 1_000) }
}

extension Array where Element == Double {
  /// The smallest element that at least such a part of all does not exceed; 0 of none.
  func percentile(_ part: Double) -> Double {
    guard !isEmpty else { return 0 }
    let place = Int((part * Double(count)).rounded(.up)) - 1
    return sorted()[Swift.min(Swift.max(place, 0), count - 1)]
  }
}
