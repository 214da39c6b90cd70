import Contracts
import Wire

/// The five scores, by their names in rules and answers.
enum ScoreName: String, CaseIterable, Sendable {
  case engagement, revenue, loyalty, risk, digital

  /// Its place in arrays over all scores.
  var place: Int {
    switch self {
    case .engagement: 0
    case .revenue: 1
    case .loyalty: 2
    case .risk: 3
    case .digital: 4
    }
  }
}

/// One part of a score: what went in, and how many points came out.
struct ScorePart: Sendable, Equatable {
  let part: String
  /// Null where it is not known.
  let input: FeatureValue
  let points: Decimal6
  /// The most points that this part can give.
  let of: Int
  let known: Bool
}

/// A score is its breakdown first and a number second.
struct Score: Sendable, Equatable {
  let parts: [ScorePart]

  /// The exact sum of the rounded parts, 0 to 100.
  var value: Decimal6 { parts.reduce(.zero) { $0 + $1.points } }

  /// The share of points whose inputs are known, 0 to 1.
  var confidence: Decimal6 {
    let known = parts.reduce(0) { $0 + ($1.known ? $1.of : 0) }
    let all = parts.reduce(0) { $0 + $1.of }
    return Decimal6(known).scaled(by: Decimal6(1), over: Decimal6(all)) ?? .zero
  }
}
