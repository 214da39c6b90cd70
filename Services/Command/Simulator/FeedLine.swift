import Contracts
import Wire

/// Writes records as lines, each feed in its own form.
struct FeedLine: Sendable {
  let feed: Feed

  /// A record's line without its end; with a flaw, as a broken system would write it.
  func bytes(_ record: FeedRecord, id: String, customer: String, flaw: FeedFlaw? = nil) -> [UInt8] {
    var record = record
    var line: [UInt8]
    if flaw == .unknownKind { record = record.renamed("UNKNOWN") }
    if feed.header != nil {
      line = Array(columns(record, id, customer, flaw).joined(separator: feed == .cdr ? "," : ";").utf8)
    } else {
      line = JSONWriter.object { json(record, id, customer, flaw, &$0) }
    }
    if flaw == .truncated { line.removeLast(line.count / 2) }
    return line
  }

  private func columns(
    _ record: FeedRecord, _ id: String, _ customer: String, _ flaw: FeedFlaw?
  ) -> [String] {
    let amount = flaw == .badNumber ? "12-3" : record.amount?.description ?? ""
    let time = flaw == .missingTime ? "" : feed == .cdr ? Self.compact(record.at) : "\(record.at / 1_000_000)"
    return switch feed {
    case .cdr:
      [
        id, customer, record.kind, record.text("other"), amount, time, record.text("cell"),
        record.holds("roaming") ? "1" : "0", record.text("cancels"),
      ]
    default: [id, customer, record.text("cell"), record.kind, amount, time]
    }
  }

  /// `20260924092653`, UTC, as switches write it.
  static func compact(_ micros: Int64) -> String {
    String(RFC3339.text(micros: micros / 1_000_000 * 1_000_000).filter(\.isNumber))
  }
}

/// The JSON feeds.
extension FeedLine {
  private func json(
    _ record: FeedRecord, _ id: String, _ customer: String, _ flaw: FeedFlaw?, _ writer: inout JSONWriter
  ) {
    let time = flaw == .missingTime ? nil : RFC3339.text(micros: record.at)
    switch feed {
    case .billing:
      writer.member("id", id)
      writer.member("account", customer)
      writer.member("kind", record.kind)
      if flaw == .badNumber {
        writer.member("amount", "12-3")
      } else if let amount = record.amount {
        writer.member("amount", amount)
        writer.member("currency", "EUR")
      }
      writer.member("time", optional: time)
      details(record, &writer)
    case .crm:
      writer.member("id", id)
      writer.key("customer")
      writer.object { $0.member("id", customer) }
      writer.member("event", record.kind)
      writer.member("at", optional: time)
      writer.key("data")
      writer.object { writer in
        if let amount = record.amount { writer.member("value", amount) }
        details(record, &writer)
      }
    case .app:
      writer.member("eid", id)
      writer.member("user", customer)
      writer.member("action", record.kind)
      if flaw != .missingTime { writer.member("ts", record.at / 1_000) }
      writer.key("props")
      writer.object { details(record, &$0) }
    case .dwh:
      writer.member("row", id)
      writer.member("customer_id", customer)
      writer.member("loaded_at", optional: time)
      details(record, &writer)
    case .cdr, .network: break
    }
  }

  private func details(_ record: FeedRecord, _ writer: inout JSONWriter) {
    for detail in record.details {
      writer.key(text: detail.name)
      switch detail.value {
      case .text(let text): writer.string(text)
      case .number(let number): writer.decimal(number)
      case .bool(let truth): writer.bool(truth)
      }
    }
  }
}

extension FeedRecord {
  fileprivate func renamed(_ kind: String) -> FeedRecord {
    FeedRecord(type, kind, at: at, amount: amount, details)
  }
}
