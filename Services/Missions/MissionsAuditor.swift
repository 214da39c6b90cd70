import Contracts
import Measures
import Wire

/// Checks a partition's missions: each one's outcomes, the limit of active ones, and its count of events.
///
/// Rows, own entries and events may be shown in any order; all is judged at the end.
struct MissionsAuditor {
  typealias Row = MissionsRow

  /// What the journal says of a mission.
  private struct Story {
    var customer = ""
    var status: MissionStatus?
    var occasion = 0
  }

  private let partition: Int
  private var stories: [Int64: Story] = [:]
  private var active: [String: Int] = [:]
  private var last: [String: Int64] = [:]
  /// Last outcomes as the customers' rows have them.
  private var lasts: [String: Int64] = [:]
  private var courses: [Int64: Course] = [:]
  private var records: [Int64: MissionFacts] = [:]
  private var events: [String: [EventEntry]] = [:]
  private var ended: [(customer: String, mission: EndedMission)] = []
  private var found: [String] = []

  init(partition: Int) { self.partition = partition }

  mutating func own(_ number: Int64, _ entry: ArraySlice<UInt8>) throws {
    if let forget = try ForgetEntry(entry) { return self.forget(forget.customer) }
    guard let outcome = try OutcomeEntry(entry) else { return }
    guard let mission = MissionID.parts(outcome.mission), mission.partition == partition else {
      return found.append("outcome \(number): '\(outcome.mission)' is no mission of partition \(partition)")
    }
    let prev = try Self.prev(entry)
    if prev != last[outcome.customer] ?? 0 {
      found.append("outcome \(number): its previous is \(last[outcome.customer] ?? 0), it says \(prev)")
    }
    last[outcome.customer] = number
    if outcome.change == .generated, mission.number != number {
      found.append("outcome \(number): mission \(outcome.mission) was not made here")
    }
    take(outcome, mission.number, number)
  }

  private mutating func forget(_ customer: String) {
    stories = stories.filter { $0.value.customer != customer }
    (active[customer], last[customer]) = (nil, nil)
  }

  private static func prev(_ entry: ArraySlice<UInt8>) throws -> Int64 {
    var prev: Int64 = 0
    try Payload.read(entry) { key, scanner in
      if "prev" ~= key { prev = try scanner.integer() } else { try scanner.skip() }
    }
    return prev
  }

  private mutating func take(_ outcome: OutcomeEntry, _ mission: Int64, _ number: Int64) {
    var story = stories[mission] ?? Story(customer: outcome.customer)
    let wasActive = story.status == .active
    switch (story.status, outcome.change, outcome.occasion - story.occasion) {
    case (nil, .generated, 0): story.status = .active
    case (.active, .completed, 1), (.expired, .completed, 1), (.revoked, .completed, 1):
      story.status = .completed
    case (.completed, .revoked, 0): story.status = .revoked
    case (.active, .expired, 0): story.status = .expired
    case (.active, .cancelled, 0): story.status = .cancelled
    default:
      let before = story.status?.rawValue ?? "nothing"
      found.append(
        "outcome \(number): \(outcome.change.rawValue) \(outcome.occasion) after \(before) \(story.occasion)")
    }
    if story.customer != outcome.customer { found.append("outcome \(number): another customer than before") }
    story.occasion = outcome.occasion
    stories[mission] = story
    let count = (active[outcome.customer] ?? 0) + (story.status == .active ? 1 : 0) - (wasActive ? 1 : 0)
    active[outcome.customer] = count
    if count > CustomerMissions.activeMax { found.append("outcome \(number): \(count) missions are active") }
  }

  mutating func upstream(_ journal: JournalName, _ number: Int64, _ entry: ArraySlice<UInt8>) throws {
    if journal == .events, let forget = try ForgetEntry(entry) { events[forget.customer] = nil }
    guard journal == .events, let event = try EventEntry(entry, number: number),
      event.kind != .reversalWaiting, Self.isCounted(event)
    else { return }
    var kept = event
    // A copy: the entry's text would keep its whole page in memory.
    kept.metadata = Array(event.metadata)[...]
    events[event.customer, default: []].append(kept)
  }

  private static func isCounted(_ event: EventEntry) -> Bool {
    if event.type == .billIssued { return true }
    return !event.quiet && Metric.allCases.contains { $0.types.contains(event.type) }
  }

  mutating func row(_ key: String, _ row: MissionsRow) {
    switch row {
    case .customer(let customer):
      let id = RowKey.customer(ofKey: key)
      lasts[id] = customer.last
      for mission in customer.running { courses[mission.number] = mission.course }
      for mission in customer.ended { ended.append((id, mission)) }
    case .mission(let record):
      records[record.facts.number] = record.facts
      if let course = record.course { courses[record.facts.number] = course }
    case .archived, .want, .chunk: break
    }
  }

  mutating func finish() -> [String] {
    for (number, story) in stories.sorted(by: { $0.key < $1.key }) { check(number, story) }
    for number in records.keys.sorted() where stories[number] == nil {
      found.append("mission \(MissionID.text(partition, number)) has no outcome")
    }
    for (customer, mission) in ended {
      let course = courses[mission.number]
      if course?.status != mission.status || course?.completedAt != mission.completedAt {
        found.append(
          "\(customer): \(MissionID.text(partition, mission.number)) differs from the customer's row")
      }
    }
    for customer in Set(last.keys).union(lasts.keys).sorted()
    where last[customer] ?? 0 != lasts[customer] ?? 0 {
      found.append(
        "\(customer): the last outcome is \(last[customer] ?? 0), the row says \(lasts[customer] ?? 0)")
    }
    return found
  }

  private mutating func check(_ number: Int64, _ story: Story) {
    let id = MissionID.text(partition, number)
    guard let course = courses[number], let facts = records[number] else {
      return found.append("mission \(id) has no row")
    }
    if facts.customer != story.customer { found.append("mission \(id) is \(facts.customer)'s in its row") }
    if course.status != story.status || course.occasion != story.occasion {
      found.append("mission \(id): \(course.status) \(course.occasion), its outcomes say otherwise")
    }
    if course.status != .cancelled { recount(id, course, story.customer) }
  }

  /// Counts the customer's events again by the rule of windows.
  private mutating func recount(_ id: String, _ course: Course, _ customer: String) {
    var fresh = Course(
      metric: course.metric, start: course.start, end: course.end, cursor: course.cursor,
      target: course.target, firstDay: Day(number: Int32(truncatingIfNeeded: course.firstDay)))
    for event in events[customer] ?? [] where fresh.counts(event) { _ = fresh.take(event) }
    // An instant that passed is no event: the outcome tells of it.
    if let at = course.completedAt { _ = fresh.pass(at: at) }
    if fresh.tally.value != course.tally.value {
      found.append("mission \(id): \(course.tally.value) counted, its events give \(fresh.tally.value)")
    }
    if (course.status == .completed) != (course.tally.value >= course.target) {
      found.append("mission \(id) is \(course.status) with \(course.tally.value) of \(course.target)")
    }
  }
}
