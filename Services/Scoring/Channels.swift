import Contracts
import Measures
import Wire

/// The channels that events name, by the day, where that says more than their type.
///
/// The counters of days know that an app login came by app; here is what differs: a named channel adds to
/// itself and takes away from the one that its type would have meant.
struct Channels: Sendable, Hashable {
  /// The window and as-of.
  static let keptDays = Features.Window.month + DayLimits.asOfDays

  private struct Entry: Sendable, Hashable {
    var day: Day
    var name: String
    var count: Int64
  }

  /// Ascending by day, then by name; counts never 0.
  private var entries: [Entry] = []

  /// The channel of a type of event that names none; nil for most.
  static func usual(_ type: EventType) -> String? {
    switch type {
    case .appInstall, .appLogin, .appFeatureUse: "app"
    case .webLogin: "web"
    case .ussdSession: "ussd"
    default: nil
    }
  }

  mutating func add(_ name: String, _ type: EventType, on day: Day, sign: Int64, today: Day) {
    let usual = Self.usual(type)
    guard !name.isEmpty, name != usual else { return }
    if today - day <= Self.keptDays {
      add(name, on: day, sign)
      if let usual { add(usual, on: day, -sign) }
    }
    if let first = entries.first, today - first.day > Self.keptDays {
      entries.removeAll { today - $0.day > Self.keptDays }
    }
  }

  private mutating func add(_ name: String, on day: Day, _ count: Int64) {
    let place = entries.firstIndex { $0.day > day || $0.day == day && $0.name >= name } ?? entries.count
    if place < entries.count, entries[place].day == day, entries[place].name == name {
      entries[place].count &+= count
      if entries[place].count == 0 { entries.remove(at: place) }
    } else {
      entries.insert(Entry(day: day, name: name, count: count), at: place)
    }
  }

  /// How many channels were used in a window whose counters are given.
  func distinct(in window: DayWindow, _ totals: DayTotals) -> Int64 {
    var counts: [(name: String, count: Int64)] = [
      ("app", totals[.appInstalls] + totals[.appLogins] + totals[.featureUses]), ("web", totals[.webLogins]),
      ("ussd", totals[.ussdSessions]),
    ]
    for entry in entries where window.contains(entry.day) {
      if let place = counts.firstIndex(where: { $0.name == entry.name }) {
        counts[place].count &+= entry.count
      } else {
        counts.append((entry.name, entry.count))
      }
    }
    return counts.reduce(0) { $0 + ($1.count > 0 ? 1 : 0) }
  }
}

extension Channels {
  func pack(_ writer: inout PackedWriter) {
    var names: [String] = []
    for entry in entries where !names.contains(entry.name) { names.append(entry.name) }
    writer.array(names) { $0.text($1) }
    writer.count(entries.count)
    var before: Int64 = 0
    for entry in entries {
      writer.signed(Int64(entry.day.number) &- before)
      writer.count(names.firstIndex(of: entry.name) ?? 0)
      writer.signed(entry.count)
      before = Int64(entry.day.number)
    }
  }

  init(_ reader: inout PackedReader) throws(PackedError) {
    let names = try reader.array { (reader) throws(PackedError) in try reader.text() }
    let count = try reader.count()
    var before: Int64 = 0
    for _ in 0..<count {
      before &+= try reader.signed()
      let name = try reader.number()
      guard let number = Int32(exactly: before), names.indices.contains(name) else {
        throw PackedError(offset: 0, reason: "a channel cannot be read")
      }
      entries.append(Entry(day: Day(number: number), name: names[name], count: try reader.signed()))
    }
  }
}
