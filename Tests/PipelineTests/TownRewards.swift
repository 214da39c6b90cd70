import Contracts
import Testing
import Wire

/// An entry of a points ledger as an answer shows it.
struct ShownPoints: Decodable, Sendable {
  var kind: String
  var points: Int
  var reference: String
}

/// An award as an answer shows it.
struct ShownAward: Decodable, Sendable {
  var badge: String
  var revokedAt: Int64?
}

/// A granted offer as an answer shows it.
struct ShownGrant: Decodable, Sendable {
  var offerId: String
  var mission: String
  var status: String
}

/// What a customer was given.
extension Town {
  /// More than any customer has.
  private static let limit = #","limit":1000"#

  private struct Ledger: Decodable { var entries: [ShownPoints] }
  private struct Results<Row: Decodable>: Decodable { var results: [Row] }

  func ledger(_ customer: String) async throws -> [ShownPoints] {
    try Cold.decode(Ledger.self, await read(.badging, Method.points, customer, Self.limit)).entries
  }

  func awards(_ customer: String) async throws -> [ShownAward] {
    try Cold.decode(Results.self, await read(.badging, Method.awards, customer, Self.limit)).results
  }

  func grants(_ customer: String) async throws -> [ShownGrant] {
    try Cold.decode(Results.self, await read(.badging, Method.grants, customer, Self.limit)).results
  }

  /// All that lasts of it, without ids and sorted. How often a badge was taken away and given again on the
  /// way hangs on which of several journals was a moment ahead.
  func rewardTexts(_ customer: String) async throws -> [String] {
    let points = try await ledger(customer).map { "\($0.kind) \($0.points)" }
    let awards = try await awards(customer).filter { $0.revokedAt == nil }.map(\.badge)
    let grants = try await grants(customer).map { "\($0.offerId) \($0.status)" }
    return points.sorted() + awards.sorted() + grants.sorted()
  }

  /// One of a customer's missions by its id.
  func mission(_ id: String, of customer: String) async throws -> ShownMission {
    let text = try await read(.missions, Method.missions, customer, #","id":"\#(id)""#)
    return try #require(Cold.decode(Results<ShownMission>.self, text).results.first)
  }
}
