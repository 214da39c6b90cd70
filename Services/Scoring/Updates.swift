import Contracts
import Measures
import Wire

/// An event that set something: registers are judged by (event time, source, id).
struct Update: Sendable, Hashable {
  var at: Int64
  var day: Day
  var source: String
  var id: String
  var shape: Int64
  var settings: [Setting]
  /// The transactions strictly later than it, if it opens a balance.
  var later = Money.Sum()

  init(_ event: EventEntry, _ settings: [Setting]) {
    at = event.at
    day = event.day
    source = String(decoding: event.source, as: UTF8.self)
    id = String(decoding: event.sourceID, as: UTF8.self)
    shape = event.shape
    self.settings = settings
  }

  var isOpening: Bool { settings.contains { $0.name.isOpening } }

  func precedes(_ other: Update) -> Bool {
    (at, source, id, shape) < (other.at, other.source, other.id, other.shape)
  }

  func isSame(_ other: Update) -> Bool {
    (at, source, id, shape) == (other.at, other.source, other.id, other.shape)
  }

  subscript(name: SettingName) -> FeatureValue? { settings.first { $0.name == name }?.value }
}

/// A customer's updates: the last of each name, and the history inside the kept days.
struct Updates: Sendable, Hashable {
  /// Daily values and as-of, and some more. Of older ones the newest of each name stays.
  static let keptDays = DayLimits.historyDays + 2

  /// Ascending.
  private(set) var list: [Update] = []
  /// How many of them set the zone: most customers live where the operator does.
  private var zones = 0

  init() {}

  init(_ list: [Update]) {
    self.list = list
    zones = list.count { $0[.zone] != nil }
  }

  /// Takes an update over, with what of the money is later than it.
  mutating func add(_ update: Update, _ money: Money, today: Day) {
    var update = update
    if update.isOpening { update.later = money.sum(laterThan: update.at, on: update.day) }
    let place = list.firstIndex { update.precedes($0) } ?? list.count
    list.insert(update, at: place)
    thin(today)
    zones = list.count { $0[.zone] != nil }
  }

  /// Takes an update back.
  mutating func remove(_ update: Update) {
    if let place = list.firstIndex(where: { $0.isSame(update) }) { list.remove(at: place) }
    zones = list.count { $0[.zone] != nil }
  }

  /// Tells the balances of a transaction, or that one is taken back.
  mutating func take(_ sum: Money.Sum, at instant: Int64) {
    for place in list.indices where list[place].at < instant && list[place].isOpening {
      list[place].later += sum
    }
  }

  /// Of what is older than the kept days: the newest of each name, and the beginning of auto-renewal.
  private mutating func thin(_ today: Day) {
    guard let oldest = list.first, today - oldest.day > Self.keptDays else { return }
    var newer: Set<SettingName> = []
    let renewal = renewalStart { today - $0.day > Self.keptDays }
    for place in list.indices.reversed() where today - list[place].day > Self.keptDays {
      list[place].settings.removeAll { setting in
        setting.name == .autoRenew ? place != renewal : !newer.insert(setting.name).inserted
      }
    }
    list.removeAll { $0.settings.isEmpty }
  }

  /// The place of the first of the last updates in a row that say the same of auto-renewal.
  private func renewalStart(_ isMeant: (Update) -> Bool) -> Int? {
    var start: (place: Int, value: FeatureValue)?
    for place in list.indices where isMeant(list[place]) {
      if let value = list[place][.autoRenew], value != start?.value { start = (place, value) }
    }
    return start?.place
  }
}

extension Updates {
  /// The update that set a name last, as of a day.
  func last(_ name: SettingName, through day: Day) -> (update: Update, value: FeatureValue)? {
    for update in list.reversed() where update.day <= day {
      if let value = update[name] { return (update, value) }
    }
    return nil
  }

  /// The zone that the last update says whose day has come there; nil where none does.
  func zone(at instant: Int64, _ zones: Zones) -> Zone? {
    guard self.zones > 0 else { return nil }
    for update in list.reversed() {
      if case .text(let name)? = update[.zone], let zone = zones[name],
        update.day <= zone.day(ofMicros: instant)
      {
        return zone
      }
    }
    return nil
  }

  /// Whether the subscription renews by itself, and since which day; nil where nothing is known.
  func renewal(through day: Day) -> (isOn: Bool, since: Day)? {
    guard let place = renewalStart({ $0.day <= day }), let value = list[place][.autoRenew] else { return nil }
    return (value == .bool(true), list[place].day)
  }

  /// All attributes as of a day.
  func attributes(through day: Day) -> [String: FeatureValue] {
    var all: [String: FeatureValue] = [:]
    for update in list where update.day <= day {
      for setting in update.settings {
        switch setting.name {
        case .attribute(let name): all[name] = setting.value
        case .zone: all[SettingName.zoneAttribute] = setting.value
        default: break
        }
      }
    }
    return all
  }
}
