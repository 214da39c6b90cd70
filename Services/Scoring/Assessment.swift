import Contracts
import Rules
import Wire

/// Features and scores of a customer as of a day.
struct Assessment: Sendable {
  let features: Features
  let engagement: Score
  let engagementValue: Decimal6

  init(_ history: History, asOf day: Day, _ marks: Engagement) {
    let features = Features(history, asOf: day)
    self.features = features
    engagement = marks.score(features.value)
    engagementValue = engagement.value
  }

  /// Whether a comparison is true.
  func holds(_ rule: Rule) -> Bool { rule.holds { Variables.value($0, self) } }

  /// Scores by their names.
  var scores: [String: FeatureValue] { [Engagement.name: .number(engagementValue)] }

  /// `{"scores": {...}, "features": {...}}`, the evidence of a crossing.
  func evidence() -> [UInt8] {
    var writer = JSONWriter(capacity: 1_400)
    writer.object { writer in
      writer.key("scores")
      writer.object { $0.member("engagement", engagementValue) }
      writer.key("features")
      write(features: &writer)
    }
    return writer.bytes
  }

  /// All features as an object, in the order of `Feature`.
  func write(features writer: inout JSONWriter) {
    writer.object { writer in
      for feature in Feature.allCases {
        writer.key(text: feature.rawValue)
        features.value(feature).write(&writer)
      }
    }
  }
}
