import Contracts

/// What holds for a customer now, by which criteria are judged.
struct Standing: Sendable {
  /// The numbers of the `up` of those comparisons that are true, by identity.
  var truths: [String: Int64] = [:]
  /// Completed missions by category.
  var completed: [String: Int] = [:]
}
