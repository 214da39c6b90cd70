import Contracts
import Measures
import Wire

/// The answer to `scoring.v1/get`.
struct ScoreAnswer: Sendable {
  let customer: String
  let assessment: Assessment
  let definitionVersion: Int
  /// The instant that was asked for, unix microseconds.
  let asOf: Int64
  let updatedAt: Int64
  let events: Int64

  func encoded() -> [UInt8] { JSONWriter.object { write(&$0) } }

  /// The members of the answer.
  func write(_ writer: inout JSONWriter) {
    let scores = ScoreName.allCases.map { ($0.rawValue, assessment.score($0)) }
    assessment.write(scoresOf: customer, &writer)
    writer.key("score_breakdown")
    writer.object { writer in
      for (name, score) in scores {
        writer.key(text: name)
        writer.array { writer in for part in score.parts { part.write(&writer) } }
      }
    }
    writer.key("confidence")
    writer.object { writer in
      for (name, score) in scores {
        writer.key(text: name)
        writer.decimal(score.confidence)
      }
    }
    assessment.write(features: &writer)
    writer.member("definition_version", definitionVersion)
    writer.member("as_of", asOf)
    writer.member("updated_at", updatedAt)
    writer.member("events", events)
  }
}

extension Assessment {
  /// The members `customer_id` and `<score>_score` of each.
  func write(scoresOf customer: String, _ writer: inout JSONWriter) {
    writer.member("customer_id", customer)
    write(scores: &writer)
  }

  /// The members `<score>_score` of each.
  func write(scores writer: inout JSONWriter) {
    for score in ScoreName.allCases {
      writer.key(text: "\(score.rawValue)_score")
      writer.decimal(value(score))
    }
  }
}

extension ScorePart {
  func write(_ writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("part", part)
      writer.key("input")
      input.write(&writer)
      writer.member("points", points)
      writer.member("of", of)
      writer.member("known", known)
    }
  }
}

extension Snapshot {
  /// What is known of a customer on a day; of an unknown one, what is known of anyone.
  init(
    _ customer: String, _ row: CustomerRow?, _ definitions: ScoringDefinitions, _ zones: Zones, now: Int64,
    afterEvents: Int64
  ) {
    let history = row?.history ?? History()
    let today = history.day(at: now, zones)
    let assessment = Assessment(history, asOf: today, definitions.marks)
    let since = history.habitsSince(through: today)
    self.init(
      customer: customer, events: max(row?.events ?? 0, afterEvents), asOf: now,
      definitionVersion: definitions.score.version, scores: assessment.scores,
      features: assessment.features.all, attributes: assessment.features.attributes,
      baselines: history.days.baselines(history.money, today: today, since: since))
  }

  func encoded() -> [UInt8] {
    var writer = JSONWriter(capacity: 1_800)
    write(&writer)
    return writer.bytes
  }
}

/// The answer to `scoring.v1/totals`.
struct ScoringTotals: Sendable, Equatable {
  var crossings: Int64 = 0
  private(set) var scores = Distribution()

  mutating func add(_ assessment: Assessment) { scores.add(assessment) }

  mutating func add(_ other: ScoringTotals) {
    crossings += other.crossings
    scores.add(other.scores)
  }

  func encoded() -> [UInt8] {
    JSONWriter.object { writer in
      writer.member("customers", scores.customers)
      writer.member("crossings", crossings)
      for score in ScoreName.allCases {
        writer.key(text: score.rawValue)
        writer.array { writer in for count in scores.counts[score.place] { writer.integer(count) } }
      }
    }
  }
}
