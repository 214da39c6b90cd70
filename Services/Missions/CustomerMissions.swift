import Contracts
import Measures
import Wire

/// A mission whose window is open: what the hot path needs of it.
struct RunningMission: Sendable, Equatable {
  var number: Int64
  var template: String
  var category: MissionTemplate.Category
  var isDynamic: Bool
  var course: Course
}

/// A mission whose window is over: enough to find it for a late event, a reversal and the cool-down.
struct EndedMission: Sendable, Equatable {
  var number: Int64
  var template: String
  var metric: Metric
  var start: Int64
  var end: Int64
  var completedAt: Int64?
  var status: MissionStatus
}

/// A customer's missions in one compact row: all that run, and those that ended in the kept time.
struct CustomerMissions: Sendable, Equatable {
  /// Ended missions stay here as long as a reversal may change them (13 months) and a month more; in
  /// microseconds.
  static let endedKeptMicros = 430 * Micros.day
  /// Active missions of one customer, in all.
  static let activeMax = 5

  /// The number of the customer's last outcome.
  var last: Int64 = 0
  /// In the order in which they were made.
  var running: [RunningMission] = []
  /// In the order in which they ended.
  var ended: [EndedMission] = []
  /// Bills that a payment may still be on time for.
  private(set) var bills = Bills()

  init() {}

  func active(at now: Int64) -> Int { running.count { $0.course.isActive(at: now) } }

  /// Whether any running mission counts an event.
  func countsRunning(_ event: EventEntry) -> Bool {
    // By index: an element taken out would be retained with all that it holds, for every event.
    for place in running.indices where running[place].course.counts(event) { return true }
    return false
  }

  /// Numbers of ended missions in whose window an event lies.
  func endedAround(_ event: EventEntry) -> [Int64] {
    var found: [Int64] = []
    for place in ended.indices where ended[place].mayCount(event) { found.append(ended[place].number) }
    return found
  }

  /// Counts an event in the running missions; gives the numbers of those that changed, and how.
  mutating func take(_ event: EventEntry) -> [(number: Int64, change: OutcomeEntry.Change)] {
    var changes: [(Int64, OutcomeEntry.Change)] = []
    for place in running.indices where running[place].course.counts(event) {
      if let change = running[place].course.take(event) { changes.append((running[place].number, change)) }
    }
    return changes
  }

  /// Keeps a bill, or takes a reversed one back; bills that are of no use any more go.
  mutating func take(bill event: EventEntry, now: Int64) {
    let earliest = Bills.earliest(at: now)
    bills.forget(before: earliest)
    guard case .bill(let name, let due) = Metric.paymentsOnTime.share(of: event), due >= earliest else {
      return
    }
    bills.add(event.kind == .reversal ? -1 : 1, name, due: due)
  }

  /// The bills that matter for a mission that starts at an instant.
  func bills(at now: Int64) -> Bills {
    var bills = bills
    bills.forget(before: Bills.earliest(at: now))
    return bills
  }

  /// Moves a running mission to the ended ones and gives its course.
  mutating func end(_ number: Int64) -> Course? {
    guard let place = running.firstIndex(where: { $0.number == number }) else { return nil }
    let mission = running.remove(at: place)
    ended.append(
      EndedMission(
        number: number, template: mission.template, metric: mission.course.metric,
        start: mission.course.start, end: mission.course.end, completedAt: mission.course.completedAt,
        status: mission.course.status))
    return mission.course
  }

  /// Notes what became of an ended mission.
  mutating func note(_ number: Int64, _ course: Course) {
    guard let place = ended.firstIndex(where: { $0.number == number }) else { return }
    ended[place].status = course.status
    ended[place].completedAt = course.completedAt
  }

  /// When a template was last completed and stands so, in event time.
  func completed(_ template: String) -> Int64? {
    let running = running.filter { $0.template == template }.compactMap(\.course.completedAt)
    let ended = ended.filter { $0.template == template }.compactMap(\.completedAt)
    return (running + ended).max()
  }

  /// Takes out ended missions that nothing can change any more.
  mutating func takeOld(now: Int64) -> [EndedMission] {
    let limit = now &- Self.endedKeptMicros
    guard ended.contains(where: { $0.end < limit }) else { return [] }
    let old = ended.filter { $0.end < limit }
    ended.removeAll { $0.end < limit }
    return old
  }
}

extension CustomerMissions {
  func pack(_ writer: inout PackedWriter) {
    writer.signed(last)
    writer.array(running) { writer, mission in
      writer.signed(mission.number)
      writer.text(mission.template)
      writer.text(mission.category.rawValue)
      writer.bool(mission.isDynamic)
      mission.course.pack(&writer)
    }
    writer.array(ended) { $1.pack(&$0) }
    bills.pack(&writer)
  }

  init(_ reader: inout PackedReader) throws(PackedError) {
    last = try reader.signed()
    running = try reader.array { (reader) throws(PackedError) in
      RunningMission(
        number: try reader.signed(), template: try reader.text(),
        category: try reader.name(MissionTemplate.Category.init(rawValue:)), isDynamic: try reader.bool(),
        course: try Course(&reader))
    }
    ended = try reader.array { (reader) throws(PackedError) in try EndedMission(&reader) }
    bills = try Bills(&reader)
  }
}

extension EndedMission {
  /// Whether an event may be its matter; its own row knows.
  func mayCount(_ event: EventEntry) -> Bool {
    if status == .cancelled { return false }
    if event.type == .billIssued { return metric == .paymentsOnTime }
    return event.at < end && event.at >= start && metric.types.contains(event.type)
  }

  func pack(_ writer: inout PackedWriter) {
    writer.signed(number)
    writer.text(template)
    writer.text(metric.rawValue)
    writer.signed(start)
    writer.signed(end &- start)
    writer.optional(completedAt) { $0.signed($1) }
    writer.text(status.rawValue)
  }

  init(_ reader: inout PackedReader) throws(PackedError) {
    number = try reader.signed()
    template = try reader.text()
    metric = try reader.name(Metric.init(rawValue:))
    start = try reader.signed()
    end = start &+ (try reader.signed())
    completedAt = try reader.optional { (reader) throws(PackedError) in try reader.signed() }
    status = try reader.name(MissionStatus.init(rawValue:))
  }
}
