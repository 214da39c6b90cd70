import Contracts
import Measures
import Wire

/// What one event is to a metric.
enum Share: Sendable, Equatable {
  case nothing
  /// A part of a sum.
  case amount(Decimal6)
  /// A day, a name or an amount, as one number.
  case key(Int64)
  /// A payment that is on time if its bill was not due before its day.
  case payment(bill: Int64, day: Int32)
  case bill(name: Int64, due: Int32)
}

extension Metric {
  /// What an event is to this metric (domain.md 2 and 5); of a reversal, what its original was.
  func share(of event: EventEntry) -> Share {
    switch self {
    case .activeDays, .activeStreak, .daysWithoutGap: return .key(Int64(event.day.number))
    case .largestPurchase, .profileCompleteness:
      let amount = value(of: event).millionths
      return amount > 0 ? .key(amount) : .nothing
    case .appFeatures: return Metadata(event).feature.map(Share.key) ?? .nothing
    case .channels: return (Metadata(event).channel ?? event.type.ownChannel).map(Share.key) ?? .nothing
    case .roamingMB where !Metadata(event).isRoaming: return .nothing
    case .premiumUpgrades where !Metadata(event).isPremiumUpgrade: return .nothing
    case .paymentsOnTime: return Self.dueShare(of: event)
    case .anniversary: return .nothing
    default:
      let amount = value(of: event)
      return amount == .zero ? .nothing : .amount(amount)
    }
  }

  /// A bill without a due date is due on its day of issue; a payment with neither a due date nor a bill is
  /// neither on time nor late.
  private static func dueShare(of event: EventEntry) -> Share {
    let metadata = Metadata(event)
    if event.type == .billIssued {
      guard let bill = metadata.bill else { return .nothing }
      return .bill(name: bill, due: metadata.due ?? event.day.number)
    }
    if let due = metadata.due { return event.day.number <= due ? .amount(Decimal6(1)) : .nothing }
    return metadata.bill.map { .payment(bill: $0, day: event.day.number) } ?? .nothing
  }
}

extension EventType {
  /// The channel of an activity that names none: its hash.
  fileprivate var ownChannel: Int64? {
    switch self {
    case .appInstall, .appLogin, .appFeatureUse: Metadata.app
    case .webLogin: Metadata.web
    case .ussdSession: Metadata.ussd
    default: nil
    }
  }
}

/// The members of an event's metadata that missions look at; names as hashes, to be compared only.
///
/// What is missing or of another kind is nil: metadata is the operator's, and one odd member stops nothing.
struct Metadata {
  static let app = hash("app".utf8)
  static let web = hash("web".utf8)
  static let ussd = hash("ussd".utf8)
  private static let premium = hash("premium".utf8)
  private static let downgrade = hash("downgrade".utf8)
  private static let key = SipHash.Key(low: 0, high: 0)

  private(set) var channel: Int64?
  private(set) var feature: Int64?
  private(set) var bill: Int64?
  /// Days since 1970-01-01.
  private(set) var due: Int32?
  private(set) var isRoaming = false
  private var tier: Int64?
  private var direction: Int64?

  var isPremiumUpgrade: Bool { tier == Self.premium && direction != Self.downgrade }

  init(_ event: EventEntry) {
    guard !event.metadata.isEmpty else { return }
    var scanner = JSONScanner(event.metadata)
    do throws(JSONError) {
      try scanner.beginObject()
      while let key = try scanner.nextKey() { try take(key, &scanner) }
    } catch {
      // It was read when the event was normalised; what cannot be read now is as if it were not there.
    }
  }

  private mutating func take(_ key: JSONKey, _ scanner: inout JSONScanner) throws(JSONError) {
    switch key {
    case "channel": channel = try Self.name(&scanner, lowered: true)
    case "feature": feature = try Self.name(&scanner)
    case "bill_id": bill = try Self.name(&scanner)
    case "tier": tier = try Self.name(&scanner, lowered: true)
    case "direction": direction = try Self.name(&scanner, lowered: true)
    case "due_date":
      guard try scanner.kind() == .string else {
        _ = try scanner.skip()
        return
      }
      due = Day(text: try scanner.stringBytes().prefix(Day.textBytes))?.number
    case "roaming": isRoaming = try Self.truth(&scanner)
    default: try scanner.skip()
    }
  }

  /// `true`, `"true"`, or a number that is not 0: files know no other truth than text, and scores take it so.
  private static func truth(_ scanner: inout JSONScanner) throws(JSONError) -> Bool {
    switch try scanner.kind() {
    case .bool: return try scanner.bool()
    case .string: return try scanner.string().lowercased() == "true"
    case .number: return Decimal6(text: try scanner.number()).map { $0 != .zero } ?? false
    default:
      try scanner.skip()
      return false
    }
  }

  /// The hash of a text or number; nil for anything else, and for an empty text.
  private static func name(
    _ scanner: inout JSONScanner, lowered: Bool = false
  ) throws(JSONError) -> Int64? {
    switch try scanner.kind() {
    case .string:
      let bytes = try scanner.stringBytes()
      if bytes.isEmpty { return nil }
      return lowered ? hash(String(decoding: bytes, as: UTF8.self).lowercased().utf8) : hash(bytes)
    case .number: return hash(try scanner.number())
    default:
      try scanner.skip()
      return nil
    }
  }

  private static func hash(_ bytes: some Collection<UInt8>) -> Int64 {
    Int64(bitPattern: SipHash.hash64(bytes, key: key))
  }
}
