/// How long to wait before a process that ended is started again: twice as long each time.
struct Backoff: Sendable {
  /// The first pause, in milliseconds.
  static let first = 100
  /// No pause is longer, in milliseconds.
  static let longest = 5_000
  /// Who ran this long begins with the first pause again, in milliseconds.
  static let steady: Int64 = 10_000

  private var next = Self.first

  /// The pause in milliseconds after a process that ran so many.
  mutating func pause(afterRunning milliseconds: Int64) -> Int {
    if milliseconds >= Self.steady { next = Self.first }
    defer { next = min(next * 2, Self.longest) }
    return next
  }
}
