import Contracts

/// Facts that together are enough for a badge. An award stands as long as one of its grounds does.
struct Ground: Hashable, Sendable {
  /// Sorted, without repeats; none for what nothing can take away.
  let facts: [Evidence]

  /// An award keeps its first ground and the latest others.
  static let perAwardMax = 16

  init(_ facts: [Evidence] = []) { self.facts = facts.count < 2 ? facts : Set(facts).sorted() }

  /// Both together.
  func joined(_ other: Ground) -> Ground { Ground(facts + other.facts) }

  /// Whether this stands wherever the other does, so that the other adds nothing.
  func covers(_ other: Ground) -> Bool {
    facts.allSatisfy { fact in other.facts.contains { fact.follows(from: $0) } }
  }
}

extension Evidence {
  /// Whether this is a fact wherever the other one is.
  func follows(from other: Evidence) -> Bool {
    switch (self, other) {
    case (.completed(let mine, let count), .completed(let category, let more)):
      mine == category && count <= more
    default: self == other
    }
  }
}

extension [Ground] {
  /// Adds grounds that say something new; gives whether any did.
  mutating func add(_ more: [Ground]) -> Bool {
    var isChanged = false
    for ground in more where !contains(where: { $0.covers(ground) }) {
      removeAll { ground.covers($0) }
      if count == Ground.perAwardMax { remove(at: 1) }
      append(ground)
      isChanged = true
    }
    return isChanged
  }
}
