import Contracts
import Rules
import Wire

/// Features and scores of a customer as of a day.
struct Assessment: Sendable {
  let features: Features
  private let sheet: ScoreSheet
  /// Millionths, by `ScoreName.place`.
  private var values = SIMD8<Int64>()

  init(_ history: History, asOf day: Day, _ sheet: ScoreSheet) {
    features = Features(history, asOf: day)
    self.sheet = sheet
    for score in ScoreName.allCases { values[score.place] = sheet.value(score, features).millionths }
  }

  func value(_ score: ScoreName) -> Decimal6 { Decimal6(millionths: values[score.place]) }

  /// A score with its breakdown.
  func score(_ score: ScoreName) -> Score { sheet.score(score, features) }

  /// Whether a comparison is true.
  func holds(_ rule: Rule, _ attributes: [String]) -> Bool {
    rule.holds { Variables.value($0, attributes, self) }
  }

  /// Scores by their names.
  var scores: [String: FeatureValue] {
    Dictionary(uniqueKeysWithValues: ScoreName.allCases.map { ($0.rawValue, .number(value($0))) })
  }

  /// `{"scores": {...}, "features": {...}, "attributes": {...}}`, the evidence of a crossing.
  func evidence() -> [UInt8] {
    var writer = JSONWriter(capacity: 1_400)
    writer.object { writer in
      writer.key("scores")
      writer.object { writer in
        for score in ScoreName.allCases {
          writer.key(text: score.rawValue)
          writer.decimal(value(score))
        }
      }
      write(features: &writer)
    }
    return writer.bytes
  }

  /// The members `features`, in the order of `Feature`, and `attributes`, in the order of their names.
  func write(features writer: inout JSONWriter) {
    writer.key("features")
    writer.object { writer in
      for feature in Feature.allCases {
        writer.key(text: feature.rawValue)
        features.value(feature).write(&writer)
      }
    }
    writer.key("attributes")
    writer.object { writer in
      for (name, value) in features.attributes.sorted(by: { $0.key < $1.key }) {
        writer.key(text: name)
        value.write(&writer)
      }
    }
  }
}
