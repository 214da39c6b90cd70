import Contracts
import Measures
import Wire

/// What an update may set.
enum SettingName: Sendable, Hashable {
  case planTier, autoRenew, profile, age, lifetimeValue, churn, totalRevenue, transactionCount, zone
  /// Anything else, for rules alone.
  case attribute(String)

  /// In the order of their numbers in rows; attributes come behind them.
  static let plain: [SettingName] = [
    .planTier, .autoRenew, .profile, .age, .lifetimeValue, .churn, .totalRevenue, .transactionCount, .zone,
  ]

  /// The name under which rules and answers see the zone: only a PROFILE_UPDATE sets it.
  static let zoneAttribute = "time_zone"

  /// What an attribute of rules is kept under.
  static func named(_ attribute: String) -> SettingName {
    attribute == zoneAttribute ? .zone : .attribute(attribute)
  }

  /// A balance to which later transactions add.
  var isOpening: Bool { self == .totalRevenue || self == .transactionCount }
}

/// A value that an update gives.
struct Setting: Sendable, Hashable {
  /// Attributes that one event may set.
  static let attributesMax = 64
  /// The longest name of an attribute, UTF-8 bytes.
  static let nameBytesMax = 64
  /// The longest text of a value, UTF-8 bytes; a longer one is not taken.
  static let textBytesMax = 256
  /// The oldest customer, days.
  static let ageMax = Decimal6(36_600)

  var name: SettingName
  var value: FeatureValue

  /// What an event sets; nothing for most types.
  static func all(of event: EventEntry) -> [Setting] {
    switch event.type {
    case .autoRenewEnabled: [Setting(name: .autoRenew, value: .bool(true))]
    case .autoRenewDisabled: [Setting(name: .autoRenew, value: .bool(false))]
    case .planChange:
      text("tier", event).map { [Setting(name: .planTier, value: .text($0.lowercased()))] } ?? []
    case .statusChange:
      text("status", event).map { [Setting(name: .attribute("status"), value: .text($0))] } ?? []
    case .profileUpdate: profile(event)
    case .featureUpdate: features(event)
    default: []
    }
  }

  private static func text(_ name: String, _ event: EventEntry) -> String? {
    var found: String?
    EventDetails.members(of: event.metadata) { key, text in
      if key.bytes.elementsEqual(name.utf8), let bytes = EventDetails.text(text), bytes.count <= textBytesMax
      {
        found = String(decoding: bytes, as: UTF8.self)
      }
    }
    return found
  }

  private static func profile(_ event: EventEntry) -> [Setting] {
    var settings: [Setting] = []
    if let value = event.value, value >= .zero, value <= Decimal6(100) {
      settings.append(Setting(name: .profile, value: .number(value)))
    }
    EventDetails.members(of: event.metadata) { key, text in
      switch key {
      case "time_zone": zone(text, &settings)
      case "language": attribute(key, text, &settings)
      case "attributes": EventDetails.members(of: text) { attribute($0, $1, &settings) }
      default: break
      }
    }
    return settings
  }

  private static func features(_ event: EventEntry) -> [Setting] {
    var settings: [Setting] = []
    EventDetails.members(of: event.metadata) { key, text in
      guard case "features" = key else { return }
      EventDetails.members(of: text) { feature($0, $1, &settings) }
    }
    return settings
  }

  private static func feature(_ key: JSONKey, _ text: ArraySlice<UInt8>, _ settings: inout [Setting]) {
    let number = EventDetails.value(text)?.number
    switch key {
    case "customer_age_days", "tenure":
      set(.age, number.flatMap { $0 >= .zero && $0 <= ageMax ? $0.whole : nil }, &settings)
    case "lifetime_value": set(.lifetimeValue, number, &settings)
    case "churn_probability":
      set(.churn, number.flatMap { $0 >= .zero && $0 <= Decimal6(1) ? $0 : nil }, &settings)
    case "total_revenue": set(.totalRevenue, number, &settings)
    case "transaction_count":
      set(.transactionCount, number.flatMap { $0 >= .zero ? $0.whole : nil }, &settings)
    default: attribute(key, text, &settings)
    }
  }

  private static func set(_ name: SettingName, _ value: Decimal6?, _ settings: inout [Setting]) {
    guard let value else { return }
    settings.removeAll { $0.name == name }
    settings.append(Setting(name: name, value: .number(value)))
  }

  private static func zone(_ text: ArraySlice<UInt8>, _ settings: inout [Setting]) {
    guard text.count <= textBytesMax, case .text(let name)? = EventDetails.value(text) else { return }
    settings.removeAll { $0.name == .zone }
    settings.append(Setting(name: .zone, value: .text(name)))
  }

  private static func attribute(_ key: JSONKey, _ text: ArraySlice<UInt8>, _ settings: inout [Setting]) {
    guard key.bytes.count <= nameBytesMax, text.count <= textBytesMax, settings.count < attributesMax,
      let value = EventDetails.value(text)
    else { return }
    let name = SettingName.named(key.description)
    guard name != .zone else { return }
    settings.removeAll { $0.name == name }
    settings.append(Setting(name: name, value: value))
  }
}

extension Decimal6 {
  /// The whole part.
  var whole: Decimal6 { Decimal6(millionths: millionths - millionths % Self.one) }
}
