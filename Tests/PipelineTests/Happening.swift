import Contracts
import Support
import Wire

/// Something that may happen to a customer.
struct Happening: Sendable {
  var type: EventType
  var value: Decimal6?
  var notes: [String: Record.Note] = [:]
  /// Days from its own to the day on which a bill is due, or a payment was.
  var dueIn: Int?

  static let activation = Happening(type: .activation)

  func record(_ customer: String, _ id: String, at: Int64, day: Int) -> Record {
    var record = Record(type: type, customer: customer, id: id, at: at, value: value, notes: notes)
    if let dueIn { record.notes["due_date"] = .text(Story.date(day + dueIn)) }
    return record
  }

  static func call(_ random: inout SeededGenerator) -> Happening {
    let isTaken = Int.random(in: 0..<4, using: &random) == 0
    return Happening(type: isTaken ? .callIncoming : .callOutgoing, value: Decimal6(60))
  }

  /// Anything but calls; what happens often stands here often.
  private static let types: [EventType] = [
    .dataUsage, .dataUsage, .dataUsage, .smsSent, .smsReceived, .appLogin, .appLogin, .appLogin, .webLogin,
    .webLogin, .appFeatureUse, .appFeatureUse, .appFeatureUse, .contentView, .contentView, .contentView,
    .recharge, .recharge, .topUp, .bundlePurchase, .payment, .payment, .billPaid, .billIssued, .billIssued,
    .planChange, .autoRenewEnabled, .autoRenewDisabled, .profileUpdate, .profileUpdate, .statusChange,
    .referral, .contentShare, .appInstall, .ussdSession, .selfCareAction, .selfCareAction, .qoeIssue,
    .networkEvent, .featureUpdate, .featureUpdate, .custom,
  ]

  static func any(_ random: inout SeededGenerator) -> Happening {
    let type = types.randomElement(using: &random) ?? .custom
    var happening = Happening(type: type, value: value(type, &random), notes: notes(type, &random))
    if [.billIssued, .payment, .billPaid].contains(type), Bool.random(using: &random) {
      happening.dueIn = Int.random(in: -2...6, using: &random)
    }
    return happening
  }

  private static func hundredths(_ range: ClosedRange<Int64>, _ random: inout SeededGenerator) -> Decimal6 {
    Decimal6(millionths: Int64.random(in: range, using: &random) * 10_000)
  }

  private static func value(_ type: EventType, _ random: inout SeededGenerator) -> Decimal6? {
    switch type {
    case .dataUsage: hundredths(1...90_000, &random)
    case .smsSent, .smsReceived: [nil, Decimal6(1), Decimal6(4)].randomElement(using: &random) ?? nil
    case .recharge, .topUp, .bundlePurchase, .payment, .billPaid, .billIssued:
      hundredths(1...15_000, &random)
    case .planChange: [nil, Decimal6(20)].randomElement(using: &random) ?? nil
    case .profileUpdate: [nil, Decimal6(60), Decimal6(100)].randomElement(using: &random) ?? nil
    case .qoeIssue: hundredths(0...100, &random)
    case .custom: hundredths(-500...500, &random)
    default: nil
    }
  }

  private static func pick(_ texts: [String], _ random: inout SeededGenerator) -> Record.Note {
    .text(texts.randomElement(using: &random) ?? "")
  }

  private static func notes(
    _ type: EventType, _ random: inout SeededGenerator
  ) -> [String: Record.Note] {
    switch type {
    case .dataUsage:
      [["roaming": .flag(true)], ["roaming": .text("true")], ["roaming": .flag(false)], [:]].randomElement(
        using: &random) ?? [:]
    case .appFeatureUse: ["feature": pick(["bills", "Bills", "offers", "map", "chat"], &random)]
    case .planChange:
      [
        "tier": pick(["basic", "standard", "Premium"], &random),
        "direction": pick(["upgrade", "downgrade"], &random),
      ]
    case .statusChange: ["status": pick(["active", "suspended"], &random)]
    case .profileUpdate:
      [
        "language": pick(["de", "en"], &random),
        // Zones with the days of UTC: what is known of them moves customers, and no day.
        "time_zone": pick(["UTC", "Atlantic/Reykjavik", "Africa/Abidjan"], &random),
        "attributes": .group(["segment": pick(["a", "b"], &random)]),
      ]
    case .featureUpdate: ["features": .group(features(&random))]
    case .payment, .billPaid, .billIssued:
      Int.random(in: 0..<4, using: &random) == 0 ? [:] : ["bill_id": pick(["1", "2", "3"], &random)]
    default: channel(&random)
    }
  }

  private static func channel(_ random: inout SeededGenerator) -> [String: Record.Note] {
    guard Int.random(in: 0..<4, using: &random) == 0 else { return [:] }
    return ["channel": pick(["app", "Web", "shop", "SHOP"], &random)]
  }

  /// One or two names; a probability may be none.
  private static func features(_ random: inout SeededGenerator) -> [String: Record.Note] {
    let all: [String: Record.Note] = [
      "tenure": .number(Decimal6(Int.random(in: 0...800, using: &random))),
      "customer_age_days": .number(Decimal6(Int.random(in: 0...800, using: &random))),
      "lifetime_value": .number(hundredths(0...300_000, &random)),
      "churn_probability": .number(hundredths(0...110, &random)),
      "total_revenue": .number(hundredths(0...100_000, &random)),
      "transaction_count": .number(Decimal6(Int.random(in: 0...60, using: &random))),
      "household": .number(Decimal6(Int.random(in: 1...5, using: &random))),
    ]
    // By name: the order of a dictionary is not that of a seed.
    let names = all.keys.sorted().shuffled(using: &random).prefix(2)
    var chosen = all.filter { names.contains($0.key) }
    if chosen["tenure"] != nil { chosen["customer_age_days"] = nil }
    return chosen
  }
}
