import Contracts
import Wire

/// One part of a score: what went in, and how many points came out.
struct ScorePart: Sendable, Equatable {
  let part: String
  /// Null where it is not known.
  let input: FeatureValue
  let points: Decimal6
  /// The most points that this part can give.
  let of: Int
  let known: Bool

  /// `min(max(x, 0) / full, 1) * of`, rounded half up to two decimals; an unknown input gives 0.
  init(_ part: String, _ input: FeatureValue, full: Decimal6, of: Int) {
    self.part = part
    self.input = input
    self.of = of
    known = input != .null
    let share = min(max(input.number ?? .zero, .zero), full)
    points = share.scaled(by: Decimal6(of), over: full, places: 2) ?? .zero
  }

  init(_ part: String, _ input: FeatureValue, points: Decimal6, of: Int) {
    self.part = part
    self.input = input
    self.points = points
    self.of = of
    known = input != .null
  }
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

/// The engagement score (domain.md 4): a pure function of features, of a day, and full marks.
struct Engagement: Sendable, Hashable {
  static let name = "engagement"

  /// The parts by the names that the breakdown shows.
  enum Part: String, Sendable, CaseIterable {
    case calls = "calls_30d"
    case data = "data_mb_30d"
    case app = "app_events_30d"
    case sms = "sms_30d"
    case recency
  }

  /// The most points of each part; together 100.
  enum Points {
    static let calls = 30
    static let data = 30
    static let app = 20
    static let sms = 10
    static let recency = 10
    /// What each day without activity takes from recency.
    static let perIdleDay = 2
  }

  private let calls: Decimal6
  private let data: Decimal6
  private let app: Decimal6
  private let sms: Decimal6

  /// A part that the definition does not have keeps its first value.
  init(_ definition: ScoreDefinition) {
    func full(_ part: Part) -> Decimal6 {
      definition.fullMarks[Self.name]?[part.rawValue]
        ?? ScoreDefinition.initial.fullMarks[Self.name]?[part.rawValue] ?? Decimal6(1)
    }
    (calls, data, app, sms) = (full(.calls), full(.data), full(.app), full(.sms))
  }

  /// The score with its breakdown.
  func score(_ value: (Feature) -> FeatureValue) -> Score {
    Score(parts: [
      ScorePart(Part.calls.rawValue, value(.calls30d), full: calls, of: Points.calls),
      ScorePart(Part.data.rawValue, value(.dataMB30d), full: data, of: Points.data),
      ScorePart(Part.app.rawValue, value(.appEvents30d), full: app, of: Points.app),
      ScorePart(Part.sms.rawValue, value(.sms30d), full: sms, of: Points.sms),
      Self.recency(value(.daysSinceLastActivity)),
    ])
  }

  private static func recency(_ idle: FeatureValue) -> ScorePart {
    var points = Decimal6.zero
    if let days = idle.number {
      let lost = days.scaled(by: Decimal6(Points.perIdleDay), over: Decimal6(1)) ?? Decimal6(Points.recency)
      points = max(.zero, Decimal6(Points.recency) - max(.zero, lost)).rounded(places: 2)
    }
    return ScorePart(Part.recency.rawValue, idle, points: points, of: Points.recency)
  }
}
