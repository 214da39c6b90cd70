import Contracts
import Rules
import Wire

/// A mission as the API shows it (domain.md 6).
struct MissionView: Sendable {
  var facts: MissionFacts
  var course: Course
  /// Nil for one that a dry run would make.
  var id: String?

  /// Writes the object as seen at an instant: an overdue mission shows as expired before its timer came.
  func write(_ writer: inout JSONWriter, now: Int64) {
    writer.object { writer in
      writer.key("id")
      if let id { writer.string(id) } else { writer.null() }
      writer.member("customer_id", facts.customer)
      writer.member("template_slug", facts.template)
      writer.member("template_version", facts.templateVersion)
      writer.member("name", facts.name)
      writer.member("description", facts.description)
      writer.member("category", facts.category.rawValue)
      writer.member("metric", course.metric.rawValue)
      writer.member("target_value", course.target)
      writer.key("baseline")
      if let baseline = facts.baseline { writer.decimal(baseline) } else { writer.null() }
      writer.member("current_value", course.tally.value)
      writer.member("progress_percent", course.percent)
      writer.member("status", course.status(at: now).rawValue)
      writer.member("start_date", course.start)
      writer.member("end_date", course.end)
      writer.key("completed_at")
      if let at = course.completedAt { writer.integer(at) } else { writer.null() }
      writer.key("reward_config")
      facts.reward.write(&writer)
      writer.member("is_dynamic", facts.isDynamic)
      writer.member("explanation", facts.explanation)
    }
  }
}

extension Verdict {
  func write(_ writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("template", template)
      writer.member("taken", reason == .generated)
      writer.member("reason", reason.rawValue)
      writer.member("message", message)
      if let failure {
        writer.member("condition", raw: failure.condition.utf8)
        writer.member("variable", optional: failure.variable)
        writer.member("value", raw: failure.actual.json.utf8)
        writer.member("need", failure.needed)
        if let distance = failure.distance { writer.member("distance", distance) }
      }
    }
  }
}

/// What a generation answers for one customer.
struct GenerationResult: Sendable {
  var customer: String
  /// All active missions afterwards, in the order in which they were made.
  var missions: [MissionView]
  var verdicts: [Verdict]

  func write(_ writer: inout JSONWriter, now: Int64) {
    writer.object { writer in
      writer.member("customer_id", customer)
      writer.key("missions")
      writer.array { writer in for mission in missions { mission.write(&writer, now: now) } }
      writer.key("verdicts")
      writer.array { writer in for verdict in verdicts { verdict.write(&writer) } }
    }
  }
}
