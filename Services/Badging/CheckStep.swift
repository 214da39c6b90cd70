import Contracts
import Journal
import Wire

extension BadgingFold {
  /// Awards a badge that is asked for, with all that is met of its type, or says what is missing.
  ///
  /// It judges by what this partition has folded, like every decision, so that the evidence can be named.
  func check(_ request: CheckRequest, _ work: inout Work<Self>) throws(WireError) -> CheckAnswer {
    guard let badge = work.definitions.badges[request.badge] else {
      throw .notFound("no badge '\(request.badge)'")
    }
    guard badge.definition.isActive else {
      throw .failedPrecondition("the badge '\(request.badge)' is not active")
    }
    var answer = CheckAnswer(status: .notMet, badge: request.badge, customer: request.customer)
    change(request.customer, &work) { row, work in
      row.forgetUnknown(work.definitions.badges)
      if let holding = row.held.first(where: { $0.badge == request.badge }) {
        answer.status = .alreadyHeld
        answer.award = work.row(RowKey.award(request.customer, holding.place))?.award?.id
        return
      }
      let met = work.definitions.badges.met(row.standing)
      guard met.contains(where: { $0.badge.definition.slug == request.badge }) else {
        answer.failing = badge.criteria?.failing(row.standing)
        return
      }
      answer.status = .awarded
      for (other, grounds) in met where other.definition.badgeType == badge.definition.badgeType {
        if !row.held.contains(where: { $0.badge == other.definition.slug }) {
          answer.awarded.append(other.definition.slug)
          if other.definition.slug == request.badge {
            answer.award = "a-\(work.partition)-\(work.nextNumber)"
          }
        }
        grant(other.definition, grounds, request.customer, .request, &row, &work)
      }
    }
    return answer
  }
}

/// `{"badge", "customer_id"}`.
struct CheckRequest: Sendable {
  let badge: String
  let customer: String

  init(_ payloads: Frames) throws(WireError) {
    let fields = try Fields(payloads)
    badge = try fields.text("badge")
    customer = try fields.text("customer_id")
  }
}

/// What `check-and-award` says.
struct CheckAnswer: Sendable {
  enum Status: String, Sendable {
    case awarded
    case alreadyHeld = "already_held"
    case notMet = "not_met"
  }

  var status: Status
  var badge: String
  var customer: String
  /// The id of the award, given now or before.
  var award: String?
  /// All badges that were awarded now.
  var awarded: [String] = []
  /// Nil where only missions give the badge.
  var failing: FailingCondition?

  init(status: Status, badge: String, customer: String) {
    self.status = status
    self.badge = badge
    self.customer = customer
  }

  /// `{"status", "badge", "customer_id", "award", "awarded", "failing"}`.
  func write(_ writer: inout JSONWriter) {
    writer.member("status", status.rawValue)
    writer.member("badge", badge)
    writer.member("customer_id", customer)
    writer.member("award", optional: award)
    writer.key("awarded")
    writer.array { writer in for slug in awarded { writer.string(slug) } }
    if let failing {
      writer.key("failing")
      failing.write(&writer)
    }
  }

  /// The answer's text with what Scoring knows about the failing condition; all other members stay.
  static func explained(_ text: ArraySlice<UInt8>, by snapshot: Snapshot) throws(JSONError) -> [UInt8] {
    var writer = JSONWriter(capacity: text.count + 200)
    var scanner = JSONScanner(text)
    try scanner.beginObject()
    var members: [(String, [UInt8])] = []
    while let key = try scanner.nextKey() {
      if "failing" ~= key {
        var failing = try FailingCondition(&scanner)
        failing.explain(by: snapshot)
        var part = JSONWriter()
        failing.write(&part)
        members.append((key.description, part.bytes))
      } else {
        members.append((key.description, Array(try scanner.skip())))
      }
    }
    writer.object { writer in
      for (name, value) in members {
        writer.key(text: name)
        writer.raw(value)
      }
    }
    return writer.bytes
  }
}
