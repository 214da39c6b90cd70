import Contracts
import Journal
import Support
import Testing
import Wire

@testable import Scoring

/// A customer's today, and the midnight at which he is swept, are those of the zone in which he lives.
@Suite struct ZoneTests {
  private static let idle = #"{">=":[{"var":"days_since_last_activity"},1]}"#

  @discardableResult
  private func move(_ story: Story, _ customer: String, to zone: String, at: Int64? = nil, id: String = "p")
    throws -> [CrossingEntry]
  {
    let at = at ?? story.now
    let zone = try Zone(named: zone)
    var draft = Story.Draft(customer: customer, type: .profileUpdate)
    draft.metadata = #"{"time_zone":"\#(zone.name)"}"#
    draft.id = id
    draft.seconds = (at - Story.noon) / Micros.second
    draft.day = 0
    return try story.take(draft)
  }

  /// The instants of the sweeps that find a customer idle: the local midnight after the call.
  @Test(arguments: ["Europe/Berlin", "America/Santiago", "Asia/Tokyo", "Asia/Kathmandu", "UTC"])
  func sweepsComeAtTheCustomersMidnight(name: String) throws {
    let zone = try Zone(named: name)
    let story = try Story()
    try story.badge("idle", Self.idle)
    try move(story, "anna", to: name)
    try story.call()
    try story.call("bert")
    let crossings = try story.pass(days: 2)
    let mine = crossings.filter { $0.customer == "anna" }
    #expect(mine.map(\.asOf) == [zone.start(of: Story.today + 1)])
    #expect(
      crossings.filter { $0.customer == "bert" }.map(\.asOf) == [Zone.utc.start(of: Story.today + 1)])
    #expect(try story.audit() == [])
  }

  /// The days on which the clocks change have midnights too: also where the change is at midnight.
  @Test(arguments: [
    ("Europe/Berlin", "2026-03-27T12:00:00Z"), ("Europe/Berlin", "2026-10-23T12:00:00Z"),
    ("America/Santiago", "2026-04-03T12:00:00Z"), ("America/Santiago", "2026-09-04T12:00:00Z"),
    ("Asia/Tokyo", "2028-02-27T12:00:00Z"),
  ]) func everyLocalDayIsSweptOnce(name: String, from: String) throws {
    let zone = try Zone(named: name)
    let story = try Story()
    story.now = try #require(RFC3339.micros(from.utf8))
    try move(story, "anna", to: name, at: story.now)
    let first = zone.day(ofMicros: story.now)
    for days in 1...4 {
      let due = zone.start(of: first + days)
      #expect(story.twin.registers.away.map(\.at) == [due])
      story.now = due - 1
      _ = try story.crossings(story.twin.advance(to: story.now))
      #expect(try story.row().history.day(at: story.now, story.twin.fold.zones) == first + (days - 1))
      story.now = due
      _ = try story.crossings(story.twin.advance(to: story.now))
      #expect(try story.row().history.day(at: story.now, story.twin.fold.zones) == first + days)
    }
  }

  @Test func whoMovesIsSweptInTheNewZone() throws {
    let story = try Story()
    try story.badge("idle", Self.idle)
    try story.call()
    #expect(story.twin.registers.away == [])
    try move(story, "anna", to: "Asia/Tokyo", id: "p1")
    #expect(try story.row().zone == "Asia/Tokyo")
    #expect(story.twin.registers.away.map(\.zone) == ["Asia/Tokyo"])
    #expect(try story.twin.reader.row(CustomerRow.markKey(zone: "Asia/Tokyo", "anna")) == .mark)
    try move(story, "anna", to: "America/Lima", at: story.now + Micros.second, id: "p2")
    #expect(story.twin.registers.away.map(\.zone) == ["America/Lima"])
    #expect(try story.twin.reader.row(CustomerRow.markKey(zone: "Asia/Tokyo", "anna")) == nil)
    let lima = try Zone(named: "America/Lima")
    #expect(try story.pass(days: 1).map(\.asOf) == [lima.start(of: Story.today + 1)])
    // The operator's own zone needs no mark.
    try move(story, "anna", to: "UTC", at: story.now, id: "p3")
    #expect(story.twin.registers.away == [])
    #expect(try story.row().zone == "")
    #expect(try story.audit() == [])
  }

  /// An update of a day that has not begun there does not move anybody yet; the sweep does.
  @Test func anUpdateHoldsFromItsDay() throws {
    let story = try Story()
    try story.call()
    var draft = Story.Draft(type: .profileUpdate, day: 1, metadata: #"{"time_zone":"Africa/Abidjan"}"#)
    draft.seconds = -11 * 3_600
    try story.take(draft)
    #expect(try story.row().zone == "")
    try story.pass(days: 1)
    #expect(try story.row().zone == "Africa/Abidjan")
    #expect(try story.row().history.zone(at: Story.noon, story.twin.fold.zones).name == "UTC")
    #expect(try story.audit() == [])
  }

  /// Slices of one instant hold at most a thousand customers, of all zones together.
  @Test func oneMidnightOfManyZonesIsDoneInSlices() throws {
    let story = try Story()
    try story.badge("idle", Self.idle)
    let zones = ["Europe/Berlin", "Europe/Paris", "Europe/Rome"]
    var entries: [[UInt8]] = []
    for number in 0..<2_400 {
      var draft = Story.Draft(customer: "c\(number)", type: .profileUpdate)
      draft.metadata = #"{"time_zone":"\#(zones[number % 3])"}"#
      entries.append(Story.event(draft))
      entries.append(Story.event(.init(customer: "c\(number)")))
    }
    _ = try story.feed(.events, entries)
    let before = story.twin.progress.intake
    let crossings = try story.pass(days: 1)
    #expect(Set(crossings.map(\.customer)).count == 2_400)
    #expect(crossings.count == 2_400)
    #expect(Set(crossings.map(\.asOf)) == [try Zone(named: "Europe/Berlin").start(of: Story.today + 1)])
    // Three slices of Berlin's midnight; at the operator's nobody lives.
    #expect(story.twin.progress.intake - before == 4)
  }

  @Test func rowsOfTheFormBeforeAreRead() throws {
    let story = try Story()
    try story.call()
    try move(story, "anna", to: "Asia/Tokyo")
    try story.say(.profileUpdate, "80", #"{"language":"ja"}"#)
    let row = try story.row()
    let old = OldForm.packed(row)
    var reader = PackedReader(old)
    let read = try CustomerRow(&reader)
    #expect(reader.isAtEnd)
    #expect(read.zone == "")
    let (kept, migrated) = (
      Features(row.history, asOf: Story.today), Features(read.history, asOf: Story.today)
    )
    #expect(migrated.all == kept.all)
    #expect(migrated.attributes == kept.attributes)
    #expect(migrated.attributes["time_zone"] == .text("Asia/Tokyo"))
    #expect(read.history.zone(at: story.now, story.twin.fold.zones).name == "Asia/Tokyo")
    // What is written next is of the newest form.
    #expect(read.packed.first == CustomerRow.form)
    #expect(try CustomerRow.unpack(read.packed) == read)
  }
}

/// Rows as form 2 had them: no zone behind, and the zone an attribute among others.
enum OldForm {
  static func packed(_ row: CustomerRow) -> [UInt8] {
    var writer = PackedWriter()
    writer.unsigned(2)
    row.history.days.pack(&writer)
    row.history.money.pack(&writer)
    row.history.activations.pack(&writer)
    writer.bool(true)
    row.history.roaming.pack(&writer)
    row.history.selfCare.pack(&writer)
    row.history.channels.pack(&writer)
    row.history.payments.pack(&writer)
    pack(row.history.updates, &writer)
    for number in [row.events, row.updatedAt, row.last] { writer.signed(number) }
    for count in [0, 0, row.judgedSerial, row.judgedVersion] { writer.count(count) }
    return writer.bytes
  }

  private static func pack(_ updates: Updates, _ writer: inout PackedWriter) {
    writer.array(["src"]) { $0.text($1) }
    writer.array(updates.list) { writer, update in
      writer.count(0)
      writer.signed(Int64(update.day.number))
      writer.signed(update.at &- Int64(update.day.number) &* Day.micros)
      writer.text(update.id)
      writer.signed(update.shape)
      writer.array(update.settings) { writer, setting in
        switch setting.name {
        case .zone: pack("time_zone", &writer)
        case .attribute(let name): pack(name, &writer)
        default: writer.count(SettingName.plain.firstIndex(of: setting.name) ?? 0)
        }
        switch setting.value {
        case .number(let number):
          writer.count(3)
          writer.decimal(number)
        case .text(let text):
          writer.count(4)
          writer.text(text)
        default: writer.count(0)
        }
      }
    }
  }

  private static func pack(_ attribute: String, _ writer: inout PackedWriter) {
    writer.count(8)
    writer.text(attribute)
  }
}
