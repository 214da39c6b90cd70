import Contracts
import Measures
import Support
import Testing
import Wire

@testable import Scoring

/// Random events of all types, with what Ingestion may put into them.
enum Lives {
  static func event(_ draft: Story.Draft) throws -> EventEntry {
    try #require(try EventEntry(Story.event(draft)[...], number: 1))
  }

  static func reversal(_ draft: Story.Draft) throws -> EventEntry {
    var event = try event(draft)
    event.kind = .reversal
    return event
  }

  /// Drafts with distinct ids, each type as far back as it is kept exactly.
  static func drafts(_ count: Int, _ random: inout SeededGenerator) -> [Story.Draft] {
    (0..<count).map { place in
      let type = EventType.allCases.filter { $0 != .reversal }.randomElement(using: &random) ?? .custom
      var draft = Story.Draft(type: type, day: Int.random(in: oldest(type)...1, using: &random))
      draft.value = value(type, &random)
      draft.metadata = metadata(type, &random)
      draft.seconds = [0, 1, -7_200, 30_000].randomElement(using: &random) ?? 0
      draft.source = ["crm", "dwh"].randomElement(using: &random) ?? "crm"
      draft.id = "r-\(place)"
      return draft
    }
  }

  private static func oldest(_ type: EventType) -> Int {
    switch type {
    case .recharge, .topUp, .bundlePurchase, .payment, .billPaid: -155
    case .planChange, .profileUpdate, .statusChange, .featureUpdate, .autoRenewEnabled, .autoRenewDisabled:
      -88
    default: -420
    }
  }

  private static func value(_ type: EventType, _ random: inout SeededGenerator) -> String? {
    ["0", "1", "3", "10", "49.99", "0.000001", nil].randomElement(using: &random) ?? nil
  }

  private static func metadata(_ type: EventType, _ random: inout SeededGenerator) -> String? {
    let bill = Int.random(in: 1...4, using: &random)
    let due = Story.today + Int.random(in: -90...5, using: &random)
    let texts: [String?] =
      switch type {
      case .payment, .billPaid, .billIssued:
        [
          nil, #"{"bill_id":"b\#(bill)"}"#, #"{"due_date":"\#(due)"}"#,
          #"{"bill_id":"b\#(bill)","due_date":"\#(due)"}"#,
        ]
      case .planChange: [#"{"tier":"basic"}"#, #"{"tier":"premium"}"#, "{}"]
      case .profileUpdate:
        [
          #"{"language":"l\#(bill)","attributes":{"vip":true,"n":\#(bill)}}"#, nil,
          #"{"time_zone":"Asia/Tokyo"}"#, #"{"time_zone":"America/Lima"}"#,
        ]
      case .statusChange: [#"{"status":"s\#(bill)"}"#]
      case .featureUpdate:
        [
          #"{"features":{"tenure":\#(bill * 100),"churn_probability":0.\#(bill)}}"#,
          #"{"features":{"lifetime_value":\#(bill),"n":\#(bill)}}"#,
          #"{"features":{"total_revenue":\#(bill * 50),"transaction_count":\#(bill)}}"#,
          #"{"features":{"total_revenue":7}}"#,
        ]
      default:
        [
          nil, nil, #"{"channel":"app"}"#, #"{"channel":"kiosk"}"#, #"{"roaming":true}"#,
          #"{"channel":"Web","roaming":false}"#,
        ]
      }
    return texts.randomElement(using: &random) ?? nil
  }

  static func repacked(_ history: History) throws -> History {
    var writer = PackedWriter()
    history.pack(&writer)
    var reader = PackedReader(writer.bytes)
    let read = try History(&reader, form: UInt64(CustomerRow.form))
    #expect(reader.isAtEnd)
    return read
  }
}
