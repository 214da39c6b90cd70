import Contracts

/// Compares what the services say of each other: pure, over their reports.
struct AuditComparison: Sendable {
  let reports: [AuditReport]
  /// Into how many partitions customers are divided; the definitions have the one after them.
  let partitions: Int

  /// One partition of a journal with who reported it.
  private struct Place {
    var instance: String
    var partition: AuditReport.Partition
  }

  /// What a follower's partition has taken of an upstream one.
  private struct Follow {
    var follower: String
    var question: SumQuestion
    var taken: AuditReport.Taken
  }

  private func places(_ journal: JournalName) -> [Int: [Place]] {
    var places: [Int: [Place]] = [:]
    for report in reports {
      for (number, partition) in report.journals[journal.rawValue] ?? [:] {
        places[Int(number) ?? -1, default: []].append(Place(instance: report.instance, partition: partition))
      }
    }
    return places
  }

  private var follows: [Follow] {
    var follows: [Follow] = []
    for report in reports {
      for (own, places) in report.journals {
        for (number, partition) in places {
          for (upstream, taken) in partition.taken {
            guard let journal = JournalName(rawValue: upstream), let place = Int(number) else { continue }
            let question = SumQuestion(
              journal: journal, partition: journal.isDefinitions ? partitions : place, number: taken.number)
            follows.append(
              Follow(follower: "\(report.instance), \(own) \(number)", question: question, taken: taken))
          }
        }
      }
    }
    return follows.sorted {
      ($0.follower, $0.question.journal.rawValue) < ($1.follower, $1.question.journal.rawValue)
    }
  }

  /// What must be asked of the owners: sums up to a number that is not the head which they reported.
  var questions: Set<SumQuestion> {
    var questions: Set<SumQuestion> = []
    for follow in follows {
      let place = places(follow.question.journal)[follow.question.partition]?.first
      if let place, place.partition.head != follow.taken.number { questions.insert(follow.question) }
    }
    return questions
  }

  /// What is wrong, in sentences; `answers` are those to the questions, nil where the owner has no such
  /// entry.
  func findings(_ answers: [SumQuestion: AuditReport.Sum?]) -> [String] {
    owners + sums(answers) + reports.flatMap { report in report.findings.map { "\(report.instance): \($0)" } }
  }

  /// Every partition of every journal has exactly one owner.
  private var owners: [String] {
    var findings: [String] = []
    for journal in JournalName.allCases {
      let places = places(journal)
      let expected = journal.isDefinitions ? [partitions] : Array(0..<partitions)
      for partition in expected {
        let owners = places[partition]?.map(\.instance).sorted() ?? []
        if owners.isEmpty { findings.append("\(journal.rawValue) \(partition) has no owner") }
        if owners.count > 1 {
          findings.append(
            "\(journal.rawValue) \(partition) has several owners: \(owners.joined(separator: ", "))")
        }
      }
      for stranger in Set(places.keys).subtracting(expected).sorted() {
        findings.append("\(journal.rawValue) has a partition \(stranger) that should not be")
      }
    }
    return findings
  }

  private func sums(_ answers: [SumQuestion: AuditReport.Sum?]) -> [String] {
    follows.compactMap { follow in
      let question = follow.question
      let upstream = "\(question.journal.rawValue) \(question.partition)"
      guard let place = places(question.journal)[question.partition]?.first else { return nil }
      let owned: AuditReport.Sum?
      if place.partition.head == question.number {
        owned = place.partition.total
      } else {
        guard let answer = answers[question] else {
          return "\(upstream) up to \(question.number) was not compared"
        }
        owned = answer
      }
      guard let owned else {
        return "\(follow.follower) has taken \(upstream) up to \(question.number), which is not there"
      }
      guard owned != follow.taken.total else { return nil }
      return "\(follow.follower) has taken other entries of \(upstream) up to \(question.number): "
        + "\(follow.taken.count) with sum \(follow.taken.sum), "
        + "the owner has \(owned.count) with sum \(owned.sum)"
    }
  }

  /// Entries that no service could read, as `service: journal/number`.
  var parked: [String] {
    reports.flatMap { report in
      report.journals.values.flatMap(\.values).flatMap(\.parked).sorted().map { "\(report.instance): \($0)" }
    }
  }

  /// Every raw record of every source is exactly one of accepted, duplicate, rejected and skipped.
  static func records(_ totals: JSONTree) -> [String] {
    totals["sources"].members.compactMap { source in
      let count = { (name: String) in source.value[name].integer ?? 0 }
      let fates = ["accepted", "duplicate", "rejected", "skipped"].map(count).reduce(0, +)
      guard count("records") != fates else { return nil }
      return "source \(source.name): \(count("records")) records have \(fates) fates"
    }
  }
}
