import Contracts
import Rules

/// The name of a comparison in crossings, as a number: `Rule.identity` is 16 hexadecimal digits.
struct ComparisonName: Sendable, Hashable {
  let hash: UInt64

  init(hash: UInt64) { self.hash = hash }

  init(_ rule: Rule) { hash = UInt64(rule.identity, radix: 16) ?? 0 }

  /// Nil for a text that names no comparison.
  init?(_ identity: String) {
    guard let hash = UInt64(identity, radix: 16) else { return nil }
    self.hash = hash
  }
}

/// A comparison that is true for a customer.
struct Truth: Sendable, Equatable {
  let comparison: ComparisonName
  /// The number of its `up`.
  let crossing: Int64
  /// How far the definitions had been taken then.
  let definitions: Int64
}

/// What holds for a customer now, by which criteria are judged.
struct Standing: Sendable {
  /// The comparisons that are true: some dozens at most, so they are looked through.
  var truths: [Truth] = []
  /// Completed missions by category.
  var completed: [String: Int] = [:]

  /// The number of the `up` of a comparison that is true.
  func crossing(of comparison: ComparisonName) -> Int64? {
    truths.first { $0.comparison == comparison }?.crossing
  }
}
