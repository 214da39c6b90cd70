import Wire

/// The instant at the head of a log line.
enum Timestamp {
  /// `2026-01-31T23:59:59.120Z`: always three places, so that lines stay aligned and sort as text.
  static func text(micros: Int64) -> String {
    let second = micros - ((micros % 1_000_000) + 1_000_000) % 1_000_000
    let milliseconds = String((micros - second) / 1000)
    let zeros = String(repeating: "0", count: 3 - milliseconds.count)
    return RFC3339.text(micros: second).dropLast() + "." + zeros + milliseconds + "Z"
  }
}
