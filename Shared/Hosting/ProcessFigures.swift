import Glibc

/// What this process uses of its machine, as the kernel counts it.
public struct ProcessFigures: Sendable, Equatable {
  /// User and system time since the start, in seconds.
  public var cpuSeconds: Double
  public var residentBytes: Int
  public var openFiles: Int
  public var threads: Int

  /// Reads the figures of this process; what cannot be read is 0.
  public static func read() -> ProcessFigures {
    ProcessFigures(
      cpuSeconds: cpuSeconds(), residentBytes: residentBytes(), openFiles: entries(of: "/proc/self/fd"),
      threads: entries(of: "/proc/self/task"))
  }

  private static func cpuSeconds() -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    let seconds = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
    return Double(seconds) + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1_000_000
  }

  /// The second number of `statm` is the resident set in pages.
  private static func residentBytes() -> Int {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    guard fgets(&line, Int32(line.count), file) != nil else { return 0 }
    let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    let fields = text.split(separator: " ")
    return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * sysconf(Int32(_SC_PAGESIZE))
  }

  private static func entries(of folder: String) -> Int {
    guard let stream = opendir(folder) else { return 0 }
    defer { closedir(stream) }
    var count = 0
    while readdir(stream) != nil { count += 1 }
    // "." and ".." are no entries.
    return max(0, count - 2)
  }
}

extension Metrics {
  /// Adds the figures of this process under the names that Prometheus gives them.
  public func addProcessFigures() {
    reading("process_cpu_seconds_total", help: "User and system CPU time in seconds.", grows: true) {
      ProcessFigures.read().cpuSeconds
    }
    reading("process_resident_memory_bytes", help: "Resident memory in bytes.") {
      Double(ProcessFigures.read().residentBytes)
    }
    reading("process_open_fds", help: "Open file descriptors.") { Double(ProcessFigures.read().openFiles) }
    reading("process_threads", help: "Threads of the process.") { Double(ProcessFigures.read().threads) }
  }
}
