import Contracts
import Foundation
import Wire

/// What one replica says about its partitions (`audit/run`).
struct AuditReport: Sendable, Decodable {
  /// A count and checksum of a journal's entries up to a number.
  struct Sum: Sendable, Hashable, Decodable {
    var count: Int64
    /// Hexadecimal.
    var sum: String
  }

  /// How much of an upstream journal a partition has taken.
  struct Taken: Sendable, Hashable, Decodable {
    var number: Int64
    var count: Int64
    var sum: String
    var total: Sum { Sum(count: count, sum: sum) }
  }

  /// One partition of a journal.
  struct Partition: Sendable, Hashable, Decodable {
    var head: Int64
    var count: Int64
    var sum: String
    var taken: [String: Taken]
    /// Entries that could not be read: `events/4711`.
    var parked: [String]
    var total: Sum { Sum(count: count, sum: sum) }
  }

  var service: String
  var instance: String
  /// Journal's name -> partition's number -> what is known of it.
  var journals: [String: [String: Partition]]
  var findings: [String]
  /// Partitions whose own rules were not checked from the first entry on, since retention dropped some.
  var partial: Int?

  init(_ reply: Frames) throws {
    do { self = try JSONDecoder().decode(Self.self, from: Data(reply.first ?? [])) } catch {
      throw Fault("an answer of audit/run cannot be read: \(error)")
    }
  }
}

/// A journal's partition up to a number.
struct SumQuestion: Sendable, Hashable {
  var journal: JournalName
  var partition: Int
  var number: Int64
}
