import Contracts
import Journal
import Messaging
import Wire

extension Node where Main == ScoringFold, Defs == ScoringDefinitionsFold {
  /// Reads the row, fetches the events up to its last one from Ingestion, and says what differs.
  func recalculate(_ request: Request) async throws -> Frames {
    let customer = try ScoreRequest(request.payloads).customer
    let now = settings.clock.now()
    let partition = Partitioning.partition(of: customer, count: settings.partitions)
    let (row, definitions) = try await main.read(partition) { reader in
      guard let row = try reader.row(CustomerRow.key(customer)) else {
        throw WireError.notFound("no events of customer '\(customer)'")
      }
      return (row, reader.definitions)
    }
    let fresh = try Recalculation(await entries(customer, partition, row.events, request.head.deadline))
    let day = row.history.day(at: now, zones)
    let names = fresh.differences(from: row, asOf: day, definitions.marks)
    let answer = ScoreAnswer(
      customer: customer, assessment: Assessment(fresh.history, asOf: day, definitions.marks),
      definitionVersion: definitions.score.version, asOf: now, updatedAt: row.updatedAt, events: row.events)
    return Frames([
      JSONWriter.object { writer in
        answer.write(&writer)
        writer.member("differs", !names.isEmpty)
        writer.key("differences")
        writer.array { writer in for name in names { writer.string(name) } }
        writer.member("entries", fresh.entries)
      }
    ])
  }

  /// A customer's entries up to a number, in the order of the journal.
  private func entries(
    _ customer: String, _ partition: Int, _ through: Int64, _ deadline: Int64
  ) async throws -> [(number: Int64, entry: ArraySlice<UInt8>)] {
    var found: [(number: Int64, entry: ArraySlice<UInt8>)] = []
    var before = through + 1
    repeat {
      let left = deadline - settings.clock.machine() - HandlerLimits.answerMilliseconds
      guard left > 0 else { throw WireError.deadlineExceeded("the customer's events take longer to read") }
      let reply = try await directory.call(
        ServiceName.ingestion.rawValue, ScoringMethod.entries, partition: partition,
        Frames([EntriesPage.request(customer, before: before)]), timeoutMilliseconds: Int(clamping: left),
        retry: true)
      let page = try EntriesPage(reply)
      found += page.entries
      guard found.count <= Recalculation.entriesMax else {
        throw WireError.failedPrecondition("more than \(Recalculation.entriesMax) events of one customer")
      }
      before = page.entries.isEmpty ? 0 : page.last + 1
    } while before > 1
    return found.reversed()
  }
}
