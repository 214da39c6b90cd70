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
    guard let type = Self.byLength[name.count]?.first(where: { name.elementsEqual($0.rawValue.utf8) }) else {
      return nil
    }
    self = type
  }

  private static let byLength = Dictionary(grouping: allCases) { $0.rawValue.utf8.count }
}
