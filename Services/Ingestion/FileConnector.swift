import Contracts
import Glibc
import Storage
import Wire

/// Reads the files of one folder in the order of their names, on a thread of its own; one that is gzip, by
/// its first bytes, as what it holds.
///
/// A file should stand complete when it gets its name: write it under another one (`.name.part`) and rename
/// it. One that grows all the same is read on from where it ended; while it is being written, up to its last
/// line.
actor FileConnector {
  /// Bytes of one chunk.
  static let chunkBytesMax = 16_777_216
  /// Files of a folder that one run looks at.
  static let filesMax = 100_000
  /// A file without a line end at its end that was written to since then may still be written, milliseconds.
  static let settleMilliseconds: Int64 = 1_000

  /// A file of the folder.
  struct Found: Sendable, Hashable {
    let name: String
    let size: Int64
    /// Unix nanoseconds.
    let modified: Int64
  }

  /// The next records of a file, mapped; the last chunk of a file may have none.
  struct Chunk: Sendable {
    let from: Int64
    /// The file's row after it.
    let row: FileRow
    let records: [ArraySlice<UInt8>]
    let plan: ChunkPlan
    let isLast: Bool
  }

  private let executor = BlockingExecutor(label: "laurel.files")
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  private let folder: Connection.Folder
  private let form: RecordForm
  private let recordsMax: Int
  private let machine: @Sendable () -> Int64
  private let plan: @Sendable () -> ChunkPlan
  private var reading: FileReading?

  /// A chunk has at most `recordsMax` records; `machine` tells the time in milliseconds, `plan` gives an
  /// empty plan, made at the present instant.
  init(
    _ folder: Connection.Folder, form: RecordForm, recordsMax: Int,
    machine: @escaping @Sendable () -> Int64, plan: @escaping @Sendable () -> ChunkPlan
  ) {
    self.machine = machine
    self.folder = folder
    self.form = form
    self.recordsMax = recordsMax
    self.plan = plan
  }

  /// The files that the glob matches, by the bytes of their names; hidden ones only if it begins with a dot.
  func files() throws(FileProblem) -> [Found] {
    guard let listing = opendir(folder.directory) else {
      throw .failed("the folder '\(folder.directory)' cannot be read")
    }
    defer { closedir(listing) }
    var found: [Found] = []
    while let entry = readdir(listing) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard fnmatch(folder.glob, name, FNM_PERIOD) == 0 else { continue }
      var facts = stat()
      guard stat(path(name), &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { continue }
      guard found.count < Self.filesMax else {
        throw FileProblem(
          "'\(folder.directory)' has more than \(Self.filesMax) files: move old ones away")
      }
      found.append(Found(name: name, size: Int64(facts.st_size), modified: facts.modified))
    }
    return found.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  private func path(_ name: String) -> String { "\(folder.directory)/\(name)" }

  /// Opens a file where it is to be read on; gives the row that stands for what is left alone.
  ///
  /// That is the known row, unless the file is another one now (then nothing is) or has grown behind a last
  /// record without line end.
  func begin(_ file: Found, _ known: FileRow?) async throws(FileProblem) -> FileRow {
    do { try ChunkName.check("file", file.name, IngestionLimits.fileNameBytesMax) } catch {
      throw FileProblem("a file's name cannot be used: \(error.message)")
    }
    let descriptor = try FileDescriptor(path(file.name))
    let stream = try FileStream(descriptor, size: try await settled(descriptor))
    let reading = try FileReading(stream, form, known ?? FileRow(), modified: file.modified)
    self.reading = reading
    return reading.base
  }

  /// How much of a file is read: all of it, unless its last line is just being written.
  private func settled(_ file: FileDescriptor) async throws(FileProblem) -> Int64 {
    let (size, modified) = try file.facts()
    let age = machine() - modified / 1_000_000
    guard size > 0, age < Self.settleMilliseconds, try file.read(at: size - 1, count: 1) != [0x0A],
      try !FileStream.isPacked(file)
    else { return size }
    try? await Task.sleep(for: .milliseconds(Self.settleMilliseconds - max(age, 0)))
    let later = try file.facts()
    // It has come to rest: there is no line end to wait for.
    if later == (size, modified) { return size }
    return try lineEnd(of: file, before: later.size) ?? later.size
  }

  /// Where the last whole line before a place ends; nil where there is none.
  private func lineEnd(of file: FileDescriptor, before place: Int64) throws(FileProblem) -> Int64? {
    let start = max(0, place - Int64(RecordSplitter.recordBytesMax))
    let tail = try file.read(at: start, count: Int(place - start))
    return tail.lastIndex(of: 0x0A).map { start + Int64($0) + 1 }
  }

  /// Reads and maps the next chunk of the open file.
  func next() throws(FileProblem) -> Chunk {
    guard var reading else { throw FileProblem("no file is open") }
    self.reading = nil
    let from = reading.offset
    var plan = plan()
    let cut = try reading.chunk(recordsMax) { plan.take($0) }
    self.reading = reading
    return Chunk(
      from: from, row: reading.row(isLast: cut.isLast), records: cut.records, plan: plan,
      isLast: cut.isLast)
  }

  func close() { reading = nil }
}

/// Why a folder or a file could not be read; the others of a run go on.
struct FileProblem: Error, Hashable {
  let message: String

  init(_ message: String) { self.message = message }

  /// With the reason that the system gives for the call that just failed.
  static func failed(_ what: String) -> FileProblem {
    FileProblem("\(what): \(String(cString: strerror(errno)))")
  }
}

extension stat {
  /// Unix nanoseconds.
  fileprivate var modified: Int64 { Int64(st_mtim.tv_sec) * 1_000_000_000 + Int64(st_mtim.tv_nsec) }
}

/// An open file, closed at its end.
final class FileDescriptor: Sendable {
  private let number: Int32
  let path: String

  init(_ path: String) throws(FileProblem) {
    number = open(path, O_RDONLY | O_CLOEXEC)
    self.path = path
    if number < 0 { throw .failed("'\(path)' cannot be opened") }
  }

  deinit { _ = Glibc.close(number) }

  /// Its size, and when it was last written to, unix nanoseconds.
  func facts() throws(FileProblem) -> (size: Int64, modified: Int64) {
    var facts = stat()
    guard fstat(number, &facts) == 0 else { throw .failed("'\(path)' cannot be read") }
    return (Int64(facts.st_size), facts.modified)
  }

  /// Up to `count` bytes from a place; fewer only at the end.
  func read(at offset: Int64, count: Int) throws(FileProblem) -> [UInt8] {
    var failure = false
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        let start = buffer.baseAddress.map { $0 + filled }
        let got = pread(number, start, count - filled, off_t(offset) + off_t(filled))
        if got < 0, errno == EINTR { continue }
        failure = got < 0
        if got <= 0 { return }
        filled += got
      }
    }
    if failure { throw .failed("'\(path)' cannot be read") }
    return bytes
  }
}
