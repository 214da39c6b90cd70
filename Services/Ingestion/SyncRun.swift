import Contracts
import Journal
import Wire

/// One run of a source's connector: bound to the owner of the source's home partition.
///
/// Every step names its job, and the home refuses it once the job is over; so when the partition moves, the
/// run that was there stops, and one that is begun elsewhere goes on from the rows.
struct SyncRun: Sendable {
  let run: SourceRun
  let definition: SourceDefinition
  let job: JobRef
  let tokens: LoginTokens

  var source: String { definition.sourceName }
  var home: Int { run.home(of: source) }
  /// Rows of files that are read at once.
  private static let rowsMax = 1_000

  /// Reads what is new to its end, and says how it ended.
  func perform() async {
    var (status, message) = (JobRow.Status.done, "")
    do { message = try await pull() } catch {
      message = (error as? WireError)?.message ?? (error as? FileProblem)?.message ?? "\(error)"
      status = .failed
    }
    if !message.isEmpty { status = .failed }
    let end = JSONWriter.object { writer in
      job.write(&writer)
      writer.member("status", status.rawValue)
      writer.member("error", String(message.prefix(IngestionLimits.reasonBytesMax)))
    }
    // Where the home is gone the row says it: it runs in a process that is not there.
    _ = try? await submit(IngestionMethod.endSync, end)
  }

  /// Takes what there is; gives what is wrong with files that could not be read.
  private func pull() async throws -> String {
    switch try Connection(definition.connection.utf8).way {
    case .push: break
    case .file(let folder): return try await pull(folder)
    case .http(let settings):
      let account = "\(source)#\(definition.version)"
      try await pull(HTTPConnector(settings: settings, tokens: tokens, account: account))
    case .sql(let settings):
      let connector = try SQLConnector(settings)
      do { try await pull(connector) } catch {
        await connector.close()
        throw error
      }
      await connector.close()
    }
    return ""
  }

  /// Takes all files; gives what is wrong with those that could not be read, after the others were.
  private func pull(_ folder: Connection.Folder) async throws -> String {
    let form = try run.forms.form(of: definition)
    let connector = FileConnector(
      folder, form: form, recordsMax: run.chunkRecords, machine: run.node.settings.clock.machine
    ) { run.plan(form) }
    let found = try await unread(try await connector.files())
    var total = found.reduce(0) { $0 + $1.0.size - min($1.1?.stored ?? 0, $1.0.size) }
    try await advance(total: total)
    var problems: [String] = []
    for (file, known) in found {
      do {
        let base = try await connector.begin(file, known)
        if base != known ?? FileRow() {
          total += min(known?.stored ?? 0, file.size) - base.stored
          try await advance(total: total, FileStep(job: job, name: file.name, from: base.offset, row: base))
        }
        try await take(file.name, base, connector)
      } catch let problem as FileProblem { problems.append(problem.message) }
    }
    await connector.close()
    return problems.isEmpty ? "" : "\(problems.count) files were not read: \(problems[0])"
  }

  /// The files that have something new, with their rows.
  private func unread(
    _ files: [FileConnector.Found]
  ) async throws -> [(FileConnector.Found, FileRow?)] {
    var found: [(FileConnector.Found, FileRow?)] = []
    for start in stride(from: 0, to: files.count, by: Self.rowsMax) {
      let slice = files[start..<min(start + Self.rowsMax, files.count)]
      let keys = slice.map { IngestionRow.fileKey(source, $0.name) }
      let rows = try await run.node.main.read(home) { try $0.rows(keys) }
      for (file, key) in zip(slice, keys) {
        var known: FileRow?
        if case .file(let row) = rows[key] { known = row }
        if known?.isWhole(file.size, file.modified) != true { found.append((file, known)) }
      }
    }
    return found
  }

  /// Brings the open file's chunks; the next one is read and mapped while one is appended.
  private func take(_ name: String, _ base: FileRow, _ connector: FileConnector) async throws {
    var before = base
    var chunk = try await connector.next()
    while true {
      let step = FileStep(
        job: job, name: name, from: before.offset, row: chunk.row, read: chunk.row.stored - before.stored)
      if chunk.isLast {
        try await bring(chunk, step)
        return
      }
      async let following = connector.next()
      try await bring(chunk, step)
      before = chunk.row
      chunk = try await following
    }
  }

  private func bring(_ chunk: FileConnector.Chunk, _ step: FileStep) async throws {
    if chunk.records.isEmpty { return try await advance(step) }
    // The checksum is part of the name: other content is another chunk, whatever its place.
    let name = try ChunkName(
      source: source, run: "\(step.name)@\(step.row.checksum)", from: chunk.from, to: step.row.offset)
    let batch = ChunkBatch(
      name: name, digest: step.row.checksum, plan: chunk.plan, records: chunk.records, file: step)
    let (_, isRepeat) = try await run.bring(batch)
    // A content that was taken in before, came back under its name: every record is known.
    if isRepeat { try await advance(step, RecordCounts(duplicate: chunk.records.count)) }
  }

  private func advance(
    total: Int64? = nil, _ step: FileStep? = nil, _ counts: RecordCounts = RecordCounts()
  ) async throws {
    let payload = JSONWriter.object { writer in
      job.write(&writer)
      writer.member("total", optional: total)
      counts.write(&writer)
      if let step { writer.member("file", raw: step.encoded()) }
    }
    try await submit(IngestionMethod.advanceSync, payload)
  }

  private func advance(_ step: FileStep, _ counts: RecordCounts = RecordCounts()) async throws {
    try await advance(total: nil, step, counts)
  }

  @discardableResult
  func submit(_ method: String, _ payloads: [UInt8]...) async throws -> Frames {
    try await run.node.main.submit(home, Command(method: method, key: "", payloads: Frames(payloads)))
  }
}

extension FileRow {
  /// Whether a file of this size and time is the one that was read to its end.
  func isWhole(_ size: Int64, _ modified: Int64) -> Bool {
    stored == size && pending == 0 && self.modified == modified
  }
}
