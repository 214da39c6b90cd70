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

  func encoded() -> [UInt8] {
    JSONWriter.object { writer in
      writer.member("customer_id", customer)
      writer.member("engagement_score", assessment.engagementValue)
      writer.key("score_breakdown")
      writer.object { writer in
        writer.key("engagement")
        writer.array { writer in for part in assessment.engagement.parts { part.write(&writer) } }
      }
      writer.key("confidence")
      writer.object { $0.member("engagement", assessment.engagement.confidence) }
      writer.key("features")
      assessment.write(features: &writer)
      writer.member("definition_version", definitionVersion)
      writer.member("as_of", asOf)
      writer.member("updated_at", updatedAt)
      writer.member("events", events)
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
    _ customer: String, _ row: CustomerRow?, _ definitions: ScoringDefinitions, today: Day, now: Int64,
    afterEvents: Int64
  ) {
    let history = row?.history ?? History()
    let assessment = Assessment(history, asOf: today, definitions.marks)
    self.init(
      customer: customer, events: max(row?.events ?? 0, afterEvents), asOf: now,
      definitionVersion: definitions.score.version, scores: assessment.scores,
      features: assessment.features.all,
      baselines: history.days.baselines(today: today, since: history.habitsSince(through: today)))
  }

  func encoded() -> [UInt8] {
    var writer = JSONWriter(capacity: 1_800)
    write(&writer)
    return writer.bytes
  }
}

/// The answer to `scoring.v1/totals`.
struct ScoringTotals: Sendable, Equatable {
  /// Engagement from 0 in steps of 10; 100 is in the last.
  static let bins = 10

  var customers = 0
  var crossings: Int64 = 0
  /// Customers by engagement now.
  var engagement = [Int](repeating: 0, count: bins)

  mutating func add(_ score: Decimal6) {
    customers += 1
    let bin = Int(score.millionths / (100 / Int64(Self.bins) * Decimal6.one))
    engagement[min(max(bin, 0), Self.bins - 1)] += 1
  }

  mutating func add(_ other: ScoringTotals) {
    customers += other.customers
    crossings += other.crossings
    for bin in engagement.indices { engagement[bin] += other.engagement[bin] }
  }

  func encoded() -> [UInt8] {
    JSONWriter.object { writer in
      writer.member("customers", customers)
      writer.member("crossings", crossings)
      writer.key("engagement")
      writer.array { writer in for count in engagement { writer.integer(count) } }
    }
  }
}
