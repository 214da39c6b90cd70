import Contracts

/// A set of event types as one word of bits, to be asked for every event.
public struct EventTypes: Sendable, Hashable, ExpressibleByArrayLiteral {
  private var bits: UInt64 = 0

  public init(_ types: some Sequence<EventType>) {
    for type in types { bits |= type.bit }
  }

  public init(arrayLiteral types: EventType...) { self.init(types) }

  @inline(__always)
  public func contains(_ type: EventType) -> Bool { bits & type.bit != 0 }

  /// All by which a customer is active.
  public static let activities = EventTypes(EventType.allCases.filter(\.isActivity))
}

extension EventType {
  /// One bit for each type, in the order of the declaration.
  @inline(__always)
  fileprivate var bit: UInt64 {
    switch self {
    case .callOutgoing: 1 << 0
    case .callIncoming: 1 << 1
    case .smsSent: 1 << 2
    case .smsReceived: 1 << 3
    case .dataUsage: 1 << 4
    case .recharge: 1 << 5
    case .topUp: 1 << 6
    case .bundlePurchase: 1 << 7
    case .payment: 1 << 8
    case .billPaid: 1 << 9
    case .billIssued: 1 << 10
    case .planChange: 1 << 11
    case .autoRenewEnabled: 1 << 12
    case .autoRenewDisabled: 1 << 13
    case .activation: 1 << 14
    case .statusChange: 1 << 15
    case .profileUpdate: 1 << 16
    case .referral: 1 << 17
    case .contentShare: 1 << 18
    case .appInstall: 1 << 19
    case .appLogin: 1 << 20
    case .webLogin: 1 << 21
    case .ussdSession: 1 << 22
    case .appFeatureUse: 1 << 23
    case .contentView: 1 << 24
    case .selfCareAction: 1 << 25
    case .qoeIssue: 1 << 26
    case .networkEvent: 1 << 27
    case .featureUpdate: 1 << 28
    case .reversal: 1 << 29
    case .custom: 1 << 30
    }
  }
}
