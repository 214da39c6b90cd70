/// The offsets from UTC that a place keeps, by its IANA name.
///
/// Loaded once and then a value; keep it where it is used often. `UTC` needs no file.
public struct Zone: Sendable {
  /// The IANA name, as given.
  public let name: String
  /// Where each stretch of one offset begins, in seconds UTC, ascending; the first has no beginning.
  let starts: [Int64]
  /// The offset of each stretch, in seconds east of UTC.
  let offsets: [Int32]
  /// From here on (seconds UTC) the offsets repeat every 400 years.
  let horizon: Int64

  /// Coordinated universal time.
  public static let utc = Zone(name: "UTC", starts: [.min], offsets: [0], horizon: .max)

  init(name: String, starts: [Int64], offsets: [Int32], horizon: Int64) {
    assert(starts.count == offsets.count && starts.first == .min)
    self.name = name
    self.starts = starts
    self.offsets = offsets
    self.horizon = horizon
  }

  /// Seconds in 400 Gregorian years.
  static let period = Int64(Day.daysPerEra) * Day.seconds
  /// No zone is further from UTC than this, in seconds (RFC 8536 allows a day and two hours).
  static let offsetMax: Int64 = 26 * 3_600

  /// Seconds east of UTC at an instant.
  @inline(__always)
  public func offsetSeconds(atMicros micros: Int64) -> Int {
    if starts.count == 1 { return Int(offsets[0]) }
    return Int(offsets[stretch(at: folded(Day.floored(micros, 1_000_000)))])
  }

  /// The local day in which an instant lies (of the years 0 to 9999; beyond, some day).
  @inline(__always)
  public func day(ofMicros micros: Int64) -> Day {
    let local = micros &+ Int64(offsetSeconds(atMicros: micros)) * 1_000_000
    return Day(number: Int32(clamping: Day.floored(local, Day.micros)))
  }

  /// The first instant of a local day, in microseconds.
  ///
  /// Where the clock jumps over midnight that is the instant of the jump; where a whole day is left out
  /// (Pacific/Apia, 2011-12-30) it is the start of the next one.
  public func start(of day: Day) -> Int64 {
    let local = Int64(day.number) * Day.seconds
    return instant(local: local, inGap: { _, jump in jump }) * 1_000_000
  }

  /// The instant at which the local clock shows this, in microseconds.
  ///
  /// What it shows twice is the earlier; what it jumps over is moved on by the length of the jump.
  public func micros(local: Int64) -> Int64 {
    let seconds = Day.floored(local, 1_000_000)
    let instant = instant(local: seconds, inGap: { before, _ in before })
    return instant * 1_000_000 + (local - seconds * 1_000_000)
  }

  /// The instant of a date and time of day; nil when there is no such date or time.
  public func micros(
    year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0, micros: Int = 0
  ) -> Int64? {
    guard let date = Day(year: year, month: month, day: day),
      let local = LocalTime(day: date, hour: hour, minute: minute, second: second, micros: micros)
    else { return nil }
    return self.micros(local: local.micros)
  }

  /// An instant at the same place of the 400 years before the horizon.
  @inline(__always)
  private func folded(_ seconds: Int64) -> Int64 {
    seconds < horizon ? seconds : seconds - ((seconds - horizon) / Self.period + 1) * Self.period
  }

  /// The number of the stretch in which an instant lies.
  @inline(__always)
  private func stretch(at seconds: Int64) -> Int {
    var low = 0
    var high = starts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= seconds { low = middle } else { high = middle }
    }
    return low
  }

  /// Goes through the stretches that may hold a local time, in order, until one does.
  private func instant(local: Int64, inGap: (_ before: Int64, _ jump: Int64) -> Int64) -> Int64 {
    if starts.count == 1 { return local - Int64(offsets[0]) }
    let near = folded(local)
    var index = stretch(at: near - Self.offsetMax)
    while true {
      let instant = near - Int64(offsets[index])
      if instant < starts[index] {
        return inGap(near - Int64(offsets[index - 1]), starts[index]) + (local - near)
      }
      if index + 1 == starts.count || instant < starts[index + 1] { return instant + (local - near) }
      index += 1
    }
  }
}

extension Zone: Hashable, CustomStringConvertible {
  public static func == (left: Zone, right: Zone) -> Bool {
    left.name == right.name && left.offsets == right.offsets && left.starts == right.starts
  }
  public func hash(into hasher: inout Hasher) { hasher.combine(name) }
  public var description: String { name }
}
