import Contracts

/// What an operator changes while all goes on.
enum DefinitionChange: Sendable {
  case template(slug: String, threshold: Int, points: Int)
  /// Takes away rules by which a template is for some only.
  case everybody(slug: String, without: [String])
  case badge(slug: String, engagement: Int)
  case fullMarks(calls: Int)
  case segment(id: String, engagement: Int)
  case threshold(id: String, calls: Int, back: Int)

  var service: ServiceName {
    switch self {
    case .template, .everybody: .missions
    case .badge: .badging
    case .fullMarks, .segment, .threshold: .scoring
    }
  }

  /// Who has to have taken it.
  var followers: [ServiceName] {
    switch self {
    case .template, .everybody: [.scoring, .missions]
    case .badge: [.scoring, .badging]
    case .fullMarks, .segment, .threshold: [.scoring]
    }
  }

  var method: String {
    switch self {
    case .template, .everybody: Method.patchTemplate
    case .badge: Method.patchBadge
    case .fullMarks: "scoring.v1/patch-definition"
    case .segment: Method.putSegment
    case .threshold: Method.putThreshold
    }
  }

  var text: String {
    switch self {
    case .template(let slug, let threshold, let points):
      return #"{"slug":"\#(slug)","changes":{"threshold":{"value":\#(threshold)},"#
        + #""reward_config":{"points":\#(points)}}}"#
    case .everybody(let slug, let rules):
      let nulls = rules.map { #""\#($0)":null"# }.joined(separator: ",")
      return #"{"slug":"\#(slug)","changes":{"generation_rules":{\#(nulls)}}}"#
    case .badge(let slug, let engagement):
      return #"{"slug":"\#(slug)","changes":{"criteria":{">=":[{"var":"engagement"},\#(engagement)]}}}"#
    case .fullMarks(let calls):
      return #"{"changes":{"full_marks":{"engagement":{"calls_30d":\#(calls)}}}}"#
    case .segment(let id, let engagement):
      return #"{"id":"\#(id)","rule":{">=":[{"var":"engagement"},\#(engagement)]}}"#
    case .threshold(let id, let calls, let back):
      return #"{"id":"\#(id)","variable":"calls_30d","enter":\#(calls),"leave":\#(back)}"#
    }
  }
}
