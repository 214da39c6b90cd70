import Contracts
import Journal
import Testing
import Wire

@testable import Missions

/// A job's life in the definitions partition, and its chunks in the customers' partitions.
@Suite struct JobTests {
  private let folder: Folder
  private let twin: Twin<TemplatesFold>
  private static let id = "j-64-1"

  init() throws {
    folder = try Folder()
    twin = try Twin(TemplatesFold(), partition: 64, path: folder.path + "/templates.db")
  }

  private func request(_ text: String) throws -> JobRequest { try JobRequest(Array(text.utf8)[...]) }

  private func customers(_ count: Int) -> String {
    "[" + (0..<count).map { "\"C-\($0)\"" }.joined(separator: ",") + "]"
  }

  /// Begins a job; gives its chunks.
  @discardableResult
  private func begin(_ count: Int, partitions: Int = 3) throws -> [JobChunk] {
    let asked = try request(#"{"customers": \#(customers(count)), "max_missions": 2}"#)
    let payloads = asked.payloads(partitions: partitions).map { Array($0) }
    let reply = try twin.command(JobMethod.start, payloads, now: At.monday)
    #expect(String(decoding: reply.first ?? [], as: UTF8.self).contains("\"id\":\"j-64-"))
    return asked.chunks(partitions: partitions)
  }

  private func job(_ number: Int64 = 1) throws -> GenerationJob? {
    guard case .job(let job)? = try twin.reader.row(DefinitionsRow.job(number)) else { return nil }
    return job
  }

  private func note(_ chunk: Int, _ customers: Int, failed: Int = 0, id: String = JobTests.id) throws {
    let note = JobNote(
      id: id, chunk: chunk, customers: customers, generated: customers * 2, failed: failed,
      error: failed > 0 ? "odd" : nil)
    try twin.command(JobMethod.progress, [note.encoded()], now: At.day(1))
  }

  private func cancel(_ id: String = JobTests.id) throws {
    try twin.command(
      JobMethod.cancel, [JSONWriter.object { $0.member("id", id) }], now: At.day(1))
  }

  @Test func chunksHoldEachCustomerOnceAtItsPartition() throws {
    let asked = try request(#"{"customers": \#(customers(4_321))}"#)
    let chunks = asked.chunks(partitions: 3)
    #expect(chunks.allSatisfy { (1...1_000).contains($0.customers.count) })
    #expect(chunks.flatMap(\.customers).sorted() == asked.customers.sorted())
    for chunk in chunks {
      #expect(
        chunk.customers.allSatisfy { Partitioning.partition(of: $0, count: 3) == chunk.partition })
    }
    #expect(asked.maxMissions == 5)
    #expect(try request(#"{"customers": ["a", "b", "a"]}"#).customers == ["a", "b"])
  }

  @Test func itRunsToItsEndChunkByChunk() throws {
    let chunks = try begin(2_500)
    #expect(twin.registers.running == [1])
    for (place, chunk) in chunks.enumerated() {
      #expect(try job()?.status == .running)
      let key = DefinitionsRow.chunk(1, place + 1)
      #expect(try twin.reader.row(key) == .chunk(chunk))
      try note(place + 1, chunk.customers.count)
      #expect(try twin.reader.row(key) == nil)
    }
    let done = try #require(try job())
    #expect((done.status, done.done, done.total) == (.done, 2_500, 2_500))
    #expect((done.generated, done.failed) == (5_000, 0))
    #expect(done.endedAt == At.day(1))
    #expect(twin.registers.running.isEmpty)
    #expect(twin.registers.ended == [1])
  }

  @Test func aChunkIsNotedOnceAndInOrder() throws {
    let chunks = try begin(2_500)
    try note(2, 999)
    #expect(try job()?.done == 0)
    try note(1, chunks[0].customers.count)
    try note(1, chunks[0].customers.count)
    #expect(try job()?.done == chunks[0].customers.count)
    #expect(try job()?.next == 2)
  }

  @Test func aFailedChunkIsSaid() throws {
    let chunks = try begin(30, partitions: 2)
    try note(1, chunks[0].customers.count, failed: chunks[0].customers.count)
    try note(2, chunks[1].customers.count)
    let done = try #require(try job())
    #expect((done.status, done.error, done.failed) == (.done, "odd", chunks[0].customers.count))
  }

  @Test func cancelledItStopsAndForgetsItsChunks() throws {
    let chunks = try begin(2_500)
    try note(1, chunks[0].customers.count)
    try cancel()
    try note(2, chunks[1].customers.count)
    try cancel()
    let job = try #require(try job())
    #expect((job.status, job.done) == (.cancelled, chunks[0].customers.count))
    #expect(try twin.reader.keys(prefix: "k:", limit: 10) == [])
    #expect(twin.registers.running.isEmpty)
  }

  @Test func oldJobsGo() throws {
    for number in 1...JobLimits.endedMax + 1 {
      try begin(1)
      try cancel("j-64-\(number)")
    }
    #expect(try job(1) == nil)
    #expect(try job(2)?.status == .cancelled)
    #expect(twin.registers.ended.count == JobLimits.endedMax)
  }

  @Test(arguments: ["j-64-9", "j-63-1", "j-64-", "j-64--1", "m-64-1", ""])
  func anUnknownJobIsRefused(_ id: String) throws {
    try begin(1)
    #expect(throws: WireError.self) { try cancel(id) }
    #expect(try job()?.status == .running)
  }

  @Test(arguments: [
    (#"{"customers": []}"#, "customers"), (#"{}"#, "customers"), (#"{"customers": [1]}"#, "customers"),
    (#"{"customers": ["a"], "max_missions": 6}"#, "max_missions"), (#"{"customers": [""]}"#, "customer_id"),
    (#"{"segment_id":"s","customers":["a"]}"#, "not both"),
    (#"{"customers": ["a"], "size": 1}"#, "size"),
  ])
  func aBadRequestNamesItsMember(_ text: String, _ name: String) {
    let error = #expect(throws: WireError.self) { try request(text) }
    #expect(error?.message.contains(name) == true, "\(error?.message ?? "")")
  }

  @Test func rowsAndRegistersComeBackAsTheyWere() throws {
    let chunks = try begin(3)
    try note(1, chunks[0].customers.count, failed: 1)
    var rows: [DefinitionsRow] = [.job(try #require(try job()))]
    rows += chunks.map(DefinitionsRow.chunk)
    for row in rows {
      var writer = PackedWriter()
      row.pack(&writer)
      var reader = PackedReader(writer.bytes)
      #expect(try DefinitionsRow(&reader) == row)
      for length in 0..<writer.bytes.count {
        var short = PackedReader(writer.bytes[..<length])
        #expect(throws: PackedError.self) { try DefinitionsRow(&short) }
      }
    }
    var writer = PackedWriter()
    twin.registers.pack(&writer)
    var reader = PackedReader(writer.bytes)
    #expect(try TemplateBook(&reader) == twin.registers)
  }

  @Test func aChunkWorksOnceWhateverItsKey() throws {
    let field = try Field()
    let part = JobChunk(partition: Field.partition, customers: ["C-1", "C-2"])
    let request = ChunkRequest(job: Self.id, chunk: 1, maxMissions: 1, part: part)
    let payloads =
      [GenerationOrder(answering: request).encoded()]
      + part.customers.map { Field.text(Field.snapshot($0)) }
    func answer(_ key: String) throws -> String {
      let reply = try field.twin.command(Method.generateCommand, payloads, key: key, now: field.now)
      return String(decoding: reply.first ?? [], as: UTF8.self)
    }
    #expect(try answer(request.key).contains(#""customers":2,"generated":2"#))
    // The missions are over and their slots are free, and the reply of the key is long forgotten.
    try field.advance(to: At.day(30))
    #expect(try answer("another").contains(#""customers":2,"generated":2"#))
    #expect(try Field.outcomes(field.twin.outputs).count { $0.change == .generated } == 2)
    #expect(try field.audit() == [])
  }
}
