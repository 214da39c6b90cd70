/// What happened to a customer (domain.md 2); the raw value is the name in records and on the wire.
public enum EventType: String, Sendable, CaseIterable, Codable {
  case callOutgoing = "CALL_OUTGOING"
  case callIncoming = "CALL_INCOMING"
  case smsSent = "SMS_SENT"
  case smsReceived = "SMS_RECEIVED"
  case dataUsage = "DATA_USAGE"
  case recharge = "RECHARGE"
  case topUp = "TOP_UP"
  case bundlePurchase = "BUNDLE_PURCHASE"
  case payment = "PAYMENT"
  case billPaid = "BILL_PAID"
  case billIssued = "BILL_ISSUED"
  case planChange = "PLAN_CHANGE"
  case autoRenewEnabled = "AUTO_RENEW_ENABLED"
  case autoRenewDisabled = "AUTO_RENEW_DISABLED"
  case activation = "ACTIVATION"
  case statusChange = "STATUS_CHANGE"
  case profileUpdate = "PROFILE_UPDATE"
  case referral = "REFERRAL"
  case contentShare = "CONTENT_SHARE"
  case appInstall = "APP_INSTALL"
  case appLogin = "APP_LOGIN"
  case webLogin = "WEB_LOGIN"
  case ussdSession = "USSD_SESSION"
  case appFeatureUse = "APP_FEATURE_USE"
  case contentView = "CONTENT_VIEW"
  case selfCareAction = "SELF_CARE_ACTION"
  case qoeIssue = "QOE_ISSUE"
  case networkEvent = "NETWORK_EVENT"
  case featureUpdate = "FEATURE_UPDATE"
  case reversal = "REVERSAL"
  case custom = "CUSTOM"

  /// Whether the customer did something that day.
  public var isActivity: Bool {
    switch self {
    case .billIssued, .planChange, .autoRenewEnabled, .autoRenewDisabled, .statusChange, .profileUpdate,
      .qoeIssue, .networkEvent, .featureUpdate, .reversal:
      false
    default: true
    }
  }

  /// The type of a name's bytes, without making a string.
  public init?(name: ArraySlice<UInt8>) {
    guard name.count < Self.byLength.count else { return nil }
    for (bytes, type) in Self.byLength[name.count] where name.elementsEqual(bytes) {
      self = type
      return
    }
    return nil
  }

  /// The types whose names have as many bytes as their place says.
  private static let byLength: [[(bytes: [UInt8], type: EventType)]] = {
    let names = allCases.map { (bytes: Array($0.rawValue.utf8), type: $0) }
    let longest = names.map(\.bytes.count).max() ?? 0
    return (0...longest).map { count in names.filter { $0.bytes.count == count } }
  }()
}
