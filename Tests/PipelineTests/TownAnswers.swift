import Contracts
import Foundation
import Wire

/// The answer to a pushed batch.
struct Pushed: Decodable, Sendable {
  var accepted: Int
  var duplicate: Int
  var rejected: Int
  var positions: [Position]
}

/// Any answer that says where a write stands.
struct Positioned: Decodable, Sendable {
  var position: Position
}

/// A feature's value as an answer shows it.
enum Shown: Decodable, Sendable, Equatable {
  case number(Decimal6)
  case flag(Bool)
  case text(String)
  case unknown

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .unknown
    } else if let flag = try? container.decode(Bool.self) {
      self = .flag(flag)
    } else if let text = try? container.decode(String.self) {
      self = .text(text)
    } else {
      self = .number(try container.decode(Decimal6.self))
    }
  }

  static func count(_ count: Int?) -> Shown { count.map { .number(Decimal6($0)) } ?? .unknown }
}

/// What must not depend on the order of arrival: a customer's scores and features.
struct ShownScores: Decodable, Sendable, Equatable {
  var engagementScore: Decimal6
  var revenueScore: Decimal6
  var loyaltyScore: Decimal6
  var riskScore: Decimal6
  var digitalScore: Decimal6
  var confidence: [String: Decimal6]
  var features: [String: Shown]
  var attributes: [String: Shown]

  var scores: [String: Decimal6] {
    [
      "engagement": engagementScore, "revenue": revenueScore, "loyalty": loyaltyScore, "risk": riskScore,
      "digital": digitalScore,
    ]
  }
}

/// A mission as an answer shows it, with what its progress is compared by.
struct ShownMission: Decodable, Sendable, Equatable {
  var id: String
  var templateSlug: String
  var metric: String
  var status: String
  /// Unix microseconds.
  var startDate: Int64
  var endDate: Int64
  var targetValue: Decimal6
  var currentValue: Decimal6
  var progressPercent: Decimal6
}

/// What a generation answers.
struct Generated: Decodable, Sendable {
  struct Result: Decodable, Sendable {
    /// All active ones.
    var missions: [ShownMission]
    var verdicts: [Verdict]
  }

  struct Verdict: Decodable, Sendable {
    var template: String
    var reason: String
    var message: String
  }

  var results: [Result]
}

/// All that services say of a customer, byte for byte.
struct Portrait: Sendable, Equatable {
  var scores: String
  var missions: String
  /// Awards and points.
  var rewards: [String]
}

extension Town {
  private struct MissionList: Decodable {
    var results: [ShownMission]
  }

  /// Scores as of an instant, or now; nil for a customer without events.
  func scores(_ customer: String, asOf instant: Int64? = nil) async throws -> ShownScores? {
    do {
      return try Cold.decode(ShownScores.self, await scoresText(customer, asOf: instant))
    } catch let error as WireError where error.status == .notFound {
      return nil
    }
  }

  private func scoresText(_ customer: String, asOf instant: Int64?) async throws -> [UInt8] {
    let text = instant.map(String.init) ?? "null"
    return try await read(.scoring, Method.scores, customer, #","as_of":\#(text)"#)
  }

  /// The slugs of all templates.
  func templates() async throws -> [String] {
    struct List: Decodable {
      struct Template: Decodable { var slug: String }
      var results: [Template]
    }
    let list = try Cold.decode(List.self, await ask(.missions, Method.templates, ["{}"]))
    return list.results.map(\.slug).sorted()
  }

  func missions(_ customer: String) async throws -> [ShownMission] {
    try Cold.decode(MissionList.self, await read(.missions, Method.missions, customer)).results
  }

  func read(
    _ service: ServiceName, _ method: String, _ customer: String, _ more: String = ""
  ) async throws -> [UInt8] {
    try await ask(
      service, method, [#"{"customer_id":"\#(customer)"\#(more)}"#], partition: Self.partition(of: customer))
  }

  /// All customers as they are shown now.
  func portraits(_ customers: [String]) async throws -> [String: Portrait] {
    var portraits: [String: Portrait] = [:]
    for customer in customers {
      let isKnown = try await scores(customer) != nil
      let scores = isKnown ? try await scoresText(customer, asOf: nil) : []
      portraits[customer] = Portrait(
        scores: String(decoding: scores, as: UTF8.self),
        missions: String(decoding: try await read(.missions, Method.missions, customer), as: UTF8.self),
        rewards: try await rewards(customer))
    }
    return portraits
  }

  /// Awards and points as Badging tells them.
  func rewards(_ customer: String) async throws -> [String] {
    [
      String(decoding: try await read(.badging, Method.awards, customer), as: UTF8.self),
      String(decoding: try await read(.badging, Method.points, customer), as: UTF8.self),
    ]
  }
}
