import Contracts
import Testing
import Wire

/// What `rebuild/run` says.
private struct RebuildReport: Decodable {
  var partitions: Int
  var outputs: Int
  var differences: Int
}

/// What `audit/run` says.
private struct AuditReport: Decodable {
  struct Taken: Decodable {
    var number: Int64
    var count: Int64
    var sum: String
  }

  struct Part: Decodable {
    var head: Int64
    var count: Int64
    var sum: String
    var taken: [String: Taken]
    var parked: [String]
  }

  var journals: [String: [String: Part]]
  var findings: [String]
}

/// The invariants that hold in every settled town (domain.md 8).
extension Town {
  /// Folds everything again and audits every service; `told` stands in the message of a failure.
  func check(_ told: String) async throws {
    for service in Self.services {
      let text = try await ask(service, "rebuild/run", ["{}"])
      let report = try Cold.decode(RebuildReport.self, text)
      #expect(report.differences == 0, "\(told): \(String(decoding: text, as: UTF8.self))")
      #expect(report.partitions == Self.partitions + 1, "\(told): \(service.rawValue)")
      #expect(report.outputs > 0, "\(told): \(service.rawValue)")
    }
    try await audit(told)
  }

  private func audit(_ told: String) async throws {
    var parts: [String: AuditReport.Part] = [:]
    for service in Self.services {
      let report = try Cold.decode(AuditReport.self, await ask(service, "audit/run", ["{}"]))
      #expect(report.findings == [], "\(told): \(service.rawValue)")
      for (journal, numbered) in report.journals {
        for (number, part) in numbered { parts["\(journal)/\(number)"] = part }
      }
    }
    // Four journals of customers' partitions, and four of definitions.
    #expect(parts.count == JournalName.allCases.count / 2 * (Self.partitions + 1), "\(told)")
    var compared = 0
    for (follower, part) in parts {
      #expect(part.parked == [], "\(told): \(follower)")
      for (journal, taken) in part.taken {
        let isDefinitions = JournalName(rawValue: journal)?.isDefinitions ?? false
        let number = isDefinitions ? "\(Self.partitions)" : String(follower.drop { $0 != "/" }.dropFirst())
        let owner = try #require(parts["\(journal)/\(number)"])
        // The town is settled, so a follower has taken all.
        #expect(taken.number == owner.head, "\(told): \(follower) of \(journal)")
        #expect(taken.count == owner.count && taken.sum == owner.sum, "\(told): \(follower) of \(journal)")
        compared += 1
      }
    }
    #expect(compared >= Self.partitions * 5, "\(told)")
  }
}
