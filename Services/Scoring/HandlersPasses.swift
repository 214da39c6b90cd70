import Contracts
import Journal
import Messaging
import Rules
import Wire

/// A slice of a pass over a partition's customers, in the order of their keys.
private struct Slice: Sendable {
  /// Customers as they are written in answers.
  var results: [[UInt8]] = []
  var tally = ScoreTally()
  var matched: Int64 = 0
  var looked: Int64 = 0
  /// The key after which the next slice begins; nil when nothing follows.
  var last: String?
}

/// Passes over all customers of a partition, in slices so that other reads come between.
extension Node where Main == ScoringFold, Defs == ScoringDefinitionsFold {
  var passRoutes: [Route] {
    [
      Route(ScoringMethod.history, idempotent: true) { try await self.history($0) },
      Route(Method.select, idempotent: true) { try await self.select($0) },
      Route(ScoringMethod.tally, idempotent: true) { try await self.tally($0) },
    ]
  }

  /// As of each of the last days: exact for the days that are kept.
  private func history(_ request: Request) async throws -> Frames {
    let customer = try ScoreRequest(request.payloads).customer
    let now = settings.clock.now()
    let partition = Partitioning.partition(of: customer, count: settings.partitions)
    let zones = zones
    return try await main.read(partition) { reader in
      guard let row = try reader.row(CustomerRow.key(customer)) else {
        throw WireError.notFound("no events of customer '\(customer)'")
      }
      let days = DailyScores(row.history, today: row.history.day(at: now, zones), reader.definitions.marks)
      return Frames([days.encoded(of: customer)])
    }
  }

  private func select(_ request: Request) async throws -> Frames {
    let asked = try SelectRequest(request.payloads, partitions: settings.partitions)
    let now = settings.clock.now()
    var slice = Slice()
    slice.last = CustomerRow.key(asked.after)
    while let after = slice.last, slice.matched < asked.most, asked.limit == 0 || slice.matched < asked.limit
    {
      try check(request)
      let before = slice
      slice = try await main.read(asked.partition) { [zones] reader in
        try reader.select(asked, after: after, before, now: now, zones)
      }
    }
    let end = slice
    return Frames([
      JSONWriter.object { writer in
        writer.key("results")
        writer.array { writer in for result in end.results { writer.raw(result) } }
        writer.member("matched", end.matched)
        writer.member("looked", end.looked)
        writer.key("next")
        if let last = end.last { writer.string(CustomerRow.customer(of: last)) } else { writer.null() }
      }
    ])
  }

  /// Who asked has given up: nobody waits for the rest.
  private func check(_ request: Request) throws {
    guard request.head.deadline > settings.clock.machine() + HandlerLimits.answerMilliseconds else {
      throw WireError.deadlineExceeded("looking at all customers of the partition takes longer")
    }
  }

  private func tally(_ request: Request) async throws -> Frames {
    let tally = try await tally(try TallyRequest(request.payloads, partitions: settings.partitions))
    return Frames([
      JSONWriter.object { writer in
        writer.key("tally")
        tally.write(&writer)
      }
    ])
  }

  /// A partition's part of a job.
  func tally(_ asked: TallyRequest) async throws -> ScoreTally {
    let now = settings.clock.now()
    var tried: ScoreSheet?
    if let marks = asked.fullMarks {
      var definition = ScoreDefinition.initial
      definition.fullMarks = marks
      try definition.check()
      tried = ScoreSheet(definition)
    }
    let pass = TallyPass(
      rule: try asked.rule.map { try Segment.compiled($0) }, tried: tried, now: now, zones: zones)
    var tally = ScoreTally()
    if let customers = asked.customers {
      for start in stride(from: 0, to: customers.count, by: HandlerLimits.rowsPerRead) {
        let end = min(start + HandlerLimits.rowsPerRead, customers.count)
        let keys = customers[start..<end].map(CustomerRow.key)
        tally.add(
          try await main.read(asked.partition) { reader in
            var part = ScoreTally()
            for row in try reader.rows(keys).values { part.add(row, pass, reader.definitions) }
            return part
          })
      }
      return tally
    }
    var after: String? = CustomerRow.prefix
    while let key = after {
      let part = try await main.read(asked.partition) { reader in
        var part = ScoreTally()
        let last = try reader.scan(
          prefix: CustomerRow.prefix, after: key, limit: HandlerLimits.rowsPerRead
        ) { part.add($1, pass, reader.definitions) }
        return (part, last)
      }
      tally.add(part.0)
      after = part.1
    }
    return tally
  }
}

/// By what a pass judges the customers.
private struct TallyPass: Sendable {
  let rule: (rule: Rule, attributes: [String])?
  let tried: ScoreSheet?
  let now: Int64
  let zones: Zones
}

extension StateReader where F == ScoringFold {
  fileprivate func select(
    _ asked: SelectRequest, after: String, _ before: Slice, now: Int64, _ zones: Zones
  ) throws -> Slice {
    var slice = before
    // Where the answer is full: what is read behind it is not looked at.
    var end: String?
    var hasMore = false
    slice.last = try scan(prefix: CustomerRow.prefix, after: after, limit: HandlerLimits.rowsPerRead) {
      key, row in
      if end != nil {
        hasMore = true
        return
      }
      slice.looked += 1
      let day = row.history.day(at: now, zones)
      let assessment = Assessment(row.history, asOf: day, definitions.marks)
      guard assessment.holds(asked.rule, asked.attributes) else { return }
      slice.matched += 1
      if asked.limit > 0 {
        slice.results.append(
          JSONWriter.object { assessment.write(scoresOf: CustomerRow.customer(of: key), &$0) })
      }
      if slice.matched == asked.most || asked.limit > 0 && slice.matched == asked.limit { end = key }
    }
    if hasMore { slice.last = end }
    return slice
  }
}

extension ScoreTally {
  /// Looks at one customer.
  fileprivate mutating func add(_ row: CustomerRow, _ pass: TallyPass, _ definitions: ScoringDefinitions) {
    looked += 1
    let day = row.history.day(at: pass.now, pass.zones)
    let assessment = Assessment(row.history, asOf: day, definitions.marks)
    if let (rule, attributes) = pass.rule, !assessment.holds(rule, attributes) { return }
    now.add(assessment)
    guard let sheet = pass.tried else { return }
    let other = Assessment(row.history, asOf: day, sheet)
    tried.add(other)
    if ScoreName.allCases.contains(where: { assessment.value($0) != other.value($0) }) { changed += 1 }
  }
}
