import Contracts
import Wire

/// A record as a system of the operator knows it, before it is written as a line.
struct FeedRecord: Sendable, Hashable {
  /// One more thing that a record says.
  struct Detail: Sendable, Hashable {
    let name: String
    let value: Value
  }

  enum Value: Sendable, Hashable {
    case text(String)
    case number(Decimal6)
    case bool(Bool)
  }

  /// What the mapping makes of it; nil for what it skips.
  let type: EventType?
  /// The system's own word for it.
  let kind: String
  /// Unix microseconds.
  var at: Int64
  /// In the system's unit: seconds, bytes, money, percent.
  let amount: Decimal6?
  private(set) var details: [Detail]

  init(_ type: EventType?, _ kind: String, at: Int64, amount: Decimal6? = nil, _ details: [Detail] = []) {
    self.type = type
    self.kind = kind
    self.at = at
    self.amount = amount
    self.details = details
  }

  /// A detail's text; empty where there is none.
  func text(_ name: String) -> String {
    guard case .text(let text) = details.first(where: { $0.name == name })?.value else { return "" }
    return text
  }

  /// Whether a detail is there and true.
  func holds(_ name: String) -> Bool { details.contains { $0.name == name && $0.value == .bool(true) } }

  mutating func add(_ name: String, _ value: Value) { details.append(Detail(name: name, value: value)) }
}

extension FeedRecord.Detail {
  init(_ name: String, _ text: String) { self.init(name: name, value: .text(text)) }
  init(_ name: String, _ number: Decimal6) { self.init(name: name, value: .number(number)) }
  init(_ name: String, _ truth: Bool) { self.init(name: name, value: .bool(truth)) }
}

extension Decimal6 {
  /// An amount of money.
  init(cents: Int) { self.init(millionths: Int64(cents) * 10_000) }
}
