import Wire

/// Makes call records of an invented operator: the same seed gives the same bytes.
///
/// Heavy and light users with a weekly rhythm, each customer beginning with an activation, some records
/// twice, some missed calls, some taken back, some broken.
struct CallGenerator: Sendable {
  /// What is in the text, for whoever wants to check it.
  struct Counts: Sendable, Hashable {
    var lines = 0
    var activations = 0
    var calls = 0
    var missed = 0
    var cancels = 0
    var duplicates = 0
    var broken = 0
  }

  static let customersDefault = 200
  static let daysDefault = 30
  static let customersMax = 1_000_000
  static let daysMax = 400
  static let header = "record_id,event,customer,other,seconds,time,cancels"

  let seed: UInt64
  let customers: Int
  let days: Int
  /// The day of the last records.
  let last: Day
  let zone: Zone

  /// How many calls a day a kind of user makes on an ordinary day, and how many of a hundred are of that
  /// kind.
  private static let kinds: [(share: Int, rate: Double)] = [(15, 9), (35, 3.5), (35, 1), (15, 0.25)]
  /// From Sunday to Saturday.
  private static let rhythm: [Double] = [0.6, 1, 1, 1.05, 1.1, 1.3, 0.8]
  private static let missedShare = 0.04
  private static let cancelShare = 0.003
  private static let duplicateShare = 0.005
  private static let brokenShare = 0.002
  /// Days over which customers join.
  private static let joiningDays = 12

  private struct Row {
    var at: Int64
    var event: StaticString
    var customer: Int
    var seconds: Int
    var cancels: Bool
  }

  /// A CSV text with a header, in the order of time.
  func make() -> (text: [UInt8], counts: Counts) {
    var random = SplitMix64(seed: seed)
    var rows: [Row] = []
    for customer in 0..<customers { life(of: customer, &random, &rows) }
    let order = rows.indices.sorted { (rows[$0].at, $0) < (rows[$1].at, $1) }
    var writer = CallWriter(random: random)
    for place in order { writer.write(rows[place]) }
    return (writer.text, writer.counts)
  }

  private func life(of customer: Int, _ random: inout SplitMix64, _ rows: inout [Row]) {
    var pick = random.below(100)
    let rate =
      Self.kinds.first {
        pick -= $0.share
        return pick < 0
      }?.rate ?? 1
    let joined = random.chance(0.5) ? 0 : random.below(min(Self.joiningDays, days))
    let first = last - (days - 1)
    let birth = instant(first + joined, random.below(16 * 3_600) + 6 * 3_600)
    rows.append(Row(at: birth, event: "activation", customer: customer, seconds: 0, cancels: false))
    for day in joined..<days {
      let date = first + day
      let mean = rate * Self.rhythm[date.weekday] * (0.5 + random.fraction())
      let count = Int(mean) + (random.chance(mean - Double(Int(mean))) ? 1 : 0)
      for _ in 0..<count {
        let at = instant(date, random.below(17 * 3_600) + 6 * 3_600 + random.below(3_600))
        let missed = random.chance(Self.missedShare)
        let row = Row(
          at: max(at, birth + 60 * 1_000_000), event: missed ? "missed" : random.chance(0.6) ? "out" : "in",
          customer: customer, seconds: missed ? 0 : 5 + random.below(random.chance(0.2) ? 1_800 : 240),
          cancels: !missed && random.chance(Self.cancelShare))
        rows.append(row)
      }
    }
  }

  private func instant(_ day: Day, _ second: Int) -> Int64 { zone.start(of: day) + Int64(second) * 1_000_000 }

  /// Writes rows as lines and now and then something that is in every real file.
  private struct CallWriter {
    var random: SplitMix64
    var text = Array((header + "\n").utf8)
    var counts = Counts()
    private var number = 0

    init(random: SplitMix64) { self.random = random }

    mutating func write(_ row: Row) {
      let id = next()
      let customer = "C-\(1_001 + row.customer)"
      let time = RFC3339.text(micros: row.at)
      let isActivation = row.event.description == "activation"
      let other = isActivation ? "" : self.other()
      let seconds = isActivation ? "" : String(row.seconds)
      let line = "\(id),\(row.event),\(customer),\(other),\(seconds),\(time),"
      add(line)
      switch row.event.description {
      case "activation": counts.activations += 1
      case "missed": counts.missed += 1
      default: counts.calls += 1
      }
      if row.cancels {
        // The correction comes from the billing department an hour later, but stands directly behind.
        add("\(next()),cancel,\(customer),,,\(RFC3339.text(micros: row.at + 3_600_000_000)),\(id)")
        counts.cancels += 1
      }
      if random.chance(duplicateShare) {
        add(line)
        counts.duplicates += 1
      }
      if random.chance(brokenShare) {
        add(broken(customer, time))
        counts.broken += 1
      }
    }

    private mutating func next() -> String {
      number += 1
      let digits = String(number)
      return "R" + String(repeating: "0", count: max(0, 7 - digits.count)) + digits
    }

    /// Mostly a number; sometimes a text with the delimiter in it.
    private mutating func other() -> String {
      if random.chance(0.01) { return "\"Taxi \"\"Nord\"\", exit \(1 + random.below(9))\"" }
      return "49\(150 + random.below(40))\(1_000_000 + random.below(8_999_999))"
    }

    /// A line that cannot become an event, each for another reason.
    private mutating func broken(_ customer: String, _ time: String) -> String {
      let id = next()
      switch random.below(5) {
      case 0: return "\(id),out,\(customer),4915112345,60,yesterday,"
      case 1: return "\(id),out,,4915112345,60,\(time),"
      case 2: return "\(id),fax,\(customer),4915112345,60,\(time),"
      case 3: return "\(id),out,\(customer),4915112345,-60,\(time),"
      default: return "\(id),out,\(customer)"
      }
    }

    private mutating func add(_ line: String) {
      text.append(contentsOf: line.utf8)
      text.append(0x0A)
      counts.lines += 1
    }
  }
}
