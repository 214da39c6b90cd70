import Contracts
import Wire

/// What the value of an event must be (domain.md 2).
enum ValueRule: Sendable, Hashable {
  /// The type has no value; what a record gives is passed over.
  case none
  /// A record without one is rejected.
  case required
  /// A record without one counts as this much.
  case missing(Decimal6)
  /// May be missing; within a range if it is there.
  case optional(max: Decimal6?)
  /// Any number, also below 0, or none.
  case anyNumber
}

extension EventType {
  /// Where the specification is silent: a plan change without a price, a profile update without completeness,
  /// an issue without severity and a custom event without a number are events without value.
  var valueRule: ValueRule {
    switch self {
    case .callOutgoing, .callIncoming, .dataUsage, .recharge, .topUp, .bundlePurchase, .payment, .billPaid,
      .billIssued:
      .required
    case .smsSent, .smsReceived: .missing(Decimal6(1))
    case .referral, .contentShare, .appInstall, .appLogin, .webLogin, .ussdSession, .appFeatureUse,
      .contentView, .selfCareAction:
      .missing(Decimal6(1))
    case .planChange: .optional(max: nil)
    case .profileUpdate: .optional(max: Decimal6(100))
    case .qoeIssue: .optional(max: Decimal6(1))
    case .custom: .anyNumber
    case .autoRenewEnabled, .autoRenewDisabled, .activation, .statusChange, .networkEvent, .featureUpdate,
      .reversal:
      .none
    }
  }

  /// The value that an event of this type has, given what the record says (nil: nothing).
  func checked(_ value: Decimal6?) throws(MappingRejection) -> Decimal6? {
    if let value, valueRule != .none { try Self.checkSize(value) }
    switch valueRule {
    case .none: return nil
    case .anyNumber: return value
    case .required:
      guard let value else { throw MappingRejection(.invalidValue, "\(rawValue) needs a value") }
      return try notNegative(value)
    case .missing(let standard): return try notNegative(value ?? standard)
    case .optional(let max):
      guard let value else { return nil }
      if let max, value > max { throw MappingRejection(.invalidValue, "\(value) is above \(max)") }
      return try notNegative(value)
    }
  }

  private static func checkSize(_ value: Decimal6) throws(MappingRejection) {
    let most = MappingLimits.valueMax
    guard value.millionths.magnitude <= most.millionths.magnitude else {
      throw MappingRejection(.invalidValue, "\(value) is beyond \(most), the most that an event may have")
    }
  }

  private func notNegative(_ value: Decimal6) throws(MappingRejection) -> Decimal6 {
    guard value >= .zero else {
      throw MappingRejection(.invalidValue, "\(value) is below 0, which only CUSTOM may be")
    }
    return value
  }
}

/// Which event times can be true (domain.md 1).
enum TimePlausibility {
  /// 2000-01-01 UTC, in microseconds: no record is older than this.
  static let earliest: Int64 = 946_684_800_000_000
  /// How far a source's clock may be ahead, in microseconds.
  static let aheadMax: Int64 = Day.micros

  /// Throws when an event time is before 2000 or more than 24 hours after `now` (unix microseconds).
  static func check(at: Int64, now: Int64) throws(MappingRejection) {
    if at < earliest {
      throw MappingRejection(
        .implausibleTimestamp, "\(RFC3339.text(micros: at)) is before the year 2000", stage: .check)
    }
    if at - now > aheadMax {
      throw MappingRejection(
        .futureTimestamp, "\(RFC3339.text(micros: at)) is more than 24 h in the future", stage: .check)
    }
  }
}

/// What text may be a customer's id.
enum CustomerID {
  /// 1...128 bytes of UTF-8 without control characters, kept byte for byte: leading zeros count. In NFC, or
  /// one id could be written in two ways.
  static func text(_ value: RawValue) -> String? {
    guard let text = Mapping.text(value), !text.isEmpty, text.utf8.count <= MappingLimits.customerBytesMax,
      !hasControls(value.written), text.isComposed
    else { return nil }
    return text
  }

  /// Of valid UTF-8: U+0000...U+001F, U+007F and U+0080...U+009F, which is C2 80 ... C2 9F.
  private static func hasControls(_ text: ArraySlice<UInt8>) -> Bool {
    text.withUnsafeBufferPointer { bytes in
      var before: UInt8 = 0
      for byte in bytes {
        if byte < 0x20 || byte == 0x7F || before == 0xC2 && byte < 0xA0 { return true }
        before = byte
      }
      return false
    }
  }
}
