import Contracts
import Journal
import Support
import Testing
import Wire

@testable import Scoring

/// Versions, segments, thresholds and jobs as the definitions partition keeps them.
@Suite struct DefinitionsFoldTests {
  private let folder: ScratchFolder
  private let twin: Twin<ScoringDefinitionsFold>

  init() throws {
    folder = try ScratchFolder()
    twin = try Twin(ScoringDefinitionsFold(), partition: 4, path: "\(folder.path)/twin.sqlite")
    try twin.command(ScoringDefinitionsFold.seed, [], now: 1)
  }

  @discardableResult
  private func ask(_ method: String, _ text: String, now: Int64 = 2) throws -> String {
    String(decoding: try twin.command(method, [Array(text.utf8)], now: now).first ?? [], as: UTF8.self)
  }

  private var kinds: [String] {
    twin.outputs.map { String(decoding: $0, as: UTF8.self).split(separator: "\"")[4].description }
  }

  private func active() throws -> Int? { try twin.reader.row(DefinitionsRow.scores)?.active?.version }

  @Test func aDraftIsTriedAndThenActivated() throws {
    let marks = #"{"changes":{"full_marks":{"engagement":{"calls_30d":60}}}}"#
    #expect(try ask(ScoringMethod.draftDefinition, marks).contains(#""version":2"#))
    #expect(try active() == 1)
    try ask(ScoringMethod.draftDefinition, marks)
    #expect(twin.registers.versions == 3)
    try ask(ScoringMethod.activateDefinition, #"{"version":3}"#)
    #expect(try active() == 3)
    // An earlier one comes back.
    try ask(ScoringMethod.activateDefinition, #"{"version":1}"#)
    #expect(try active() == 1)
    let entries = twin.outputs.count
    try ask(ScoringMethod.activateDefinition, #"{"version":1}"#)
    #expect(twin.outputs.count == entries)
    #expect(throws: WireError.self) { try ask(ScoringMethod.activateDefinition, #"{"version":9}"#) }
    // Customers' partitions take what is active alone.
    let fold = ScoringFold(zone: .utc)
    let taken = try twin.outputs.enumerated().compactMap { place, entry -> Int? in
      guard case .score(let score) = try fold.decode(.scoringDefinitions, Int64(place + 1), entry[...]) else {
        return nil
      }
      return score.version
    }
    #expect(taken == [1, 3, 1])
  }

  @Test func segmentsHaveVersions() throws {
    let rule = #"{ ">" : [{"var":["risk"]}, 7.0] }"#
    let made = try ask(ScoringMethod.putSegment, #"{"id":"vip","name":"VIP","rule":\#(rule),"new":true}"#)
    #expect(made.contains(#""version":1,"rule":{">":[{"var":"risk"},7]}"#), "\(made)")
    let error = #expect(throws: WireError.self) {
      try ask(ScoringMethod.putSegment, #"{"id":"vip","rule":\#(rule),"new":true}"#)
    }
    #expect(error?.status == .alreadyExists)
    let list = try ask(ScoringMethod.putSegment, #"{"id":"vip","customers":["b","a","b"]}"#, now: 9)
    #expect(list.contains(#""version":2,"rule":null,"customers":2,"created_at":2,"updated_at":9"#), "\(list)")
    #expect(try twin.reader.row(DefinitionsRow.segment("vip"))?.segment?.customers == ["a", "b"])
    try ask(ScoringMethod.deleteSegment, #"{"id":"vip"}"#)
    #expect(throws: WireError.self) { try ask(ScoringMethod.deleteSegment, #"{"id":"vip"}"#) }
    #expect(try twin.reader.row(DefinitionsRow.segment("vip"))?.segment?.version == 3)
    let named = try ask(ScoringMethod.putSegment, #"{"rule":\#(rule)}"#)
    #expect(named.hasPrefix(#"{"id":"s-5","name":"s-5","version":1"#), "\(named)")
    let chain = twin.outputs.map { String(decoding: $0, as: UTF8.self) }
    #expect(chain[2].contains(#""id":"vip","prev":2"#) && chain[3].contains(#""id":"vip","prev":3"#))
  }

  @Test func thresholdsHaveVersions() throws {
    let text = #"{"id":"t","variable":"risk","enter":70,"leave":60}"#
    #expect(try ask(ScoringMethod.putThreshold, text).contains(#""version":1"#))
    #expect(try ask(ScoringMethod.putThreshold, text).contains(#""version":2"#))
    let bad = #"{"id":"t","variable":"risk","enter":60,"leave":70}"#
    #expect(throws: WireError.self) { try ask(ScoringMethod.putThreshold, bad) }
    try ask(ScoringMethod.deleteThreshold, #"{"id":"t"}"#)
    #expect(throws: WireError.self) { try ask(ScoringMethod.deleteThreshold, #"{"id":"t"}"#) }
  }

  @Test func aJobGoesOnPartitionByPartition() throws {
    let id = try start(#"{"kind":"dry_run","version":1,"partitions":2}"#)
    var note = ProgressNote(id: id, partition: 0)
    note.tally.looked = 5
    note.tally.changed = 2
    note.tally.now.add(Assessment(History(), asOf: Story.today, ScoreSheet(.initial)))
    func noted() throws -> String {
      try ask(ScoringMethod.jobProgress, String(decoding: note.encoded(), as: UTF8.self))
    }
    #expect(try noted().contains(#""status":"running","done":1,"total":2"#))
    // The same once more is no news.
    #expect(try noted().contains(#""done":1"#))
    note.partition = 1
    let end = try noted()
    #expect(end.contains(#""status":"done","done":2,"total":2,"unit":"partition","#), "\(end)")
    #expect(end.contains(#""customers_by_partition":[5,5],"definition_version":1,"customers":2,"changed":4"#))
    #expect(end.contains(#""before":{"engagement":{"average":0,"bins":[2,0,0,0,0,0,0,0,0,0]}"#), "\(end)")
    #expect(end.contains(#""after":{"engagement":{"average":null"#), "\(end)")
    #expect(twin.registers.running.isEmpty)
    #expect(throws: WireError.self) { try start(#"{"kind":"dry_run","version":7,"partitions":2}"#) }
    #expect(throws: WireError.self) { try start(#"{"kind":"batch_calculate","segment":"x","partitions":2}"#) }
  }

  @Test func aJobIsCancelledOrFails() throws {
    let first = try start(#"{"kind":"batch_calculate","partitions":2}"#)
    #expect(try ask(Method.cancelJob, #"{"id":"\#(first)"}"#).contains(#""status":"cancelled""#))
    let second = try start(#"{"kind":"batch_calculate","partitions":2}"#)
    var note = ProgressNote(id: second, partition: 0)
    note.error = "no"
    let text = String(decoding: note.encoded(), as: UTF8.self)
    #expect(try ask(ScoringMethod.jobProgress, text).contains(#""status":"failed""#))
    #expect(throws: WireError.self) { try ask(Method.cancelJob, #"{"id":"j-4-99"}"#) }
    for _ in 0..<ScoringJob.endedMax {
      let id = try start(#"{"kind":"batch_calculate","partitions":1}"#)
      try ask(Method.cancelJob, #"{"id":"\#(id)"}"#)
    }
    #expect(throws: WireError.self) { try ask(Method.cancelJob, #"{"id":"\#(first)"}"#) }
  }

  private func start(_ text: String) throws -> String {
    try NameRequest(twin.command(ScoringMethod.startJob, [Array(text.utf8)], now: 3)).id
  }
}
