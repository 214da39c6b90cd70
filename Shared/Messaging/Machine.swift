import Glibc

/// The machine's own time, which deadlines and back-off use always.
public enum Machine {
  /// Milliseconds since 1970, for deadlines that travel.
  public static func unixMilliseconds() -> Int64 { read(CLOCK_REALTIME) }
  /// Milliseconds that only go forward, for waiting in this process.
  public static func milliseconds() -> Int64 { read(CLOCK_MONOTONIC) }

  private static func read(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
  }

  /// The sum, at most the largest number there is.
  static func later(_ now: Int64, by milliseconds: Int) -> Int64 {
    let (sum, overflow) = now.addingReportingOverflow(Int64(max(milliseconds, 0)))
    return overflow ? .max : sum
  }

  /// What remains until a deadline as nng wants it, at least one millisecond: 0 would mean "do not wait".
  static func remaining(until deadline: Int64, now: Int64) -> Int32 {
    Int32(clamping: max(deadline - now, 1))
  }
}
