import ArgumentParser
import Foundation
import Wire

/// `laurel ingest`: files into the journal.
struct IngestCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ingest", abstract: "Reads files of records and hands them to Ingestion.",
    discussion: """
      The source file says what the records mean; see compose/examples/calls.yaml. Reading a file twice \
      gives nothing twice: records that are known already are counted as duplicates. Rejected records are \
      kept with their reason. The exit code is 0 when all records were taken, rejected ones included.
      """)

  @OptionGroup var options: HomeOptions

  @Option(help: ArgumentHelp("The YAML file that says what the records mean.", valueName: "file.yaml"))
  var source: String

  @Flag(help: "Print the result as JSON.")
  var json = false

  @Argument(help: "The files of records, read in this order.")
  var data: [String]

  func run() async throws {
    let file = try SourceFile(path: source)
    let terminal = Terminal()
    let begin = Monotonic.milliseconds()
    let (tally, unread) = try await Cluster.with(options.folder) { cluster in
      try await RecordSender.register(file, cluster)
      var run = IngestRun(cluster: cluster, source: file, terminal: terminal, data: data)
      for path in data {
        do { try await run.read(path) } catch {
          terminal.say("\(error)")
          run.unread.append(path)
        }
      }
      return (run.tally, run.unread)
    }
    terminal.clear()
    let seconds = Double(max(Monotonic.milliseconds() - begin, 1)) / 1_000
    Terminal.result(json ? Self.json(tally, unread, seconds) : Self.table(tally, seconds))
    guard unread.isEmpty else {
      throw Fault(
        "\(unread.joined(separator: ", ")) not read to the end",
        advice: "mend what is said above and run it again: what was taken counts as duplicate")
    }
  }

  private static func json(_ tally: FateTally, _ unread: [String], _ seconds: Double) -> String {
    let text = JSONWriter.object { writer in
      writer.key("fates")
      tally.write(&writer)
      writer.member("seconds", Decimal6(millionths: Int64(seconds * 1_000_000)))
      writer.key("unread")
      writer.array { writer in for path in unread { writer.string(path) } }
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static func table(_ tally: FateTally, _ seconds: Double) -> String {
    var table = TextTable(["records", "accepted", "duplicate", "rejected", "skipped", "seconds", "records/s"])
    let counts = [tally.records, tally.accepted, tally.duplicate, tally.rejected, tally.skipped]
    table.add(
      counts.map(\.grouped) + [String(format: "%.1f", seconds), Int(Double(tally.records) / seconds).grouped])
    return tally.codes.isEmpty ? table.text : table.text + "\nrejected: " + tally.reasons
  }
}

/// One invocation's reading of files.
struct IngestRun {
  let cluster: Cluster
  let source: SourceFile
  let terminal: Terminal
  /// Tells this reading from others of the same files.
  let run = UUID().uuidString.lowercased()
  var tally = FateTally()
  var unread: [String] = []
  private var sent = 0
  /// Bytes of all files, and of those that were read before.
  private let bytes: Int
  private var bytesRead = 0
  private let begin = Monotonic.milliseconds()

  init(cluster: Cluster, source: SourceFile, terminal: Terminal, data: [String]) {
    self.cluster = cluster
    self.source = source
    self.terminal = terminal
    bytes = data.reduce(0) { $0 + DataFile.size($1) }
  }

  /// Reads one file to its end.
  mutating func read(_ path: String) async throws {
    var file = try DataFile(path, source.format)
    let sender = RecordSender(cluster: cluster, source: source.name, run: run, header: file.header)
    var sent = sent
    var tally = tally
    defer {
      self.sent = sent
      self.tally = tally
      bytesRead += file.size
    }
    try await sender.send {
      guard let chunk = try file.chunk(from: sent) else { return nil }
      sent = chunk.to
      return chunk
    } _: { chunk, answer in
      tally.add(answer, records: chunk.records.count)
      let seconds = Double(max(Monotonic.milliseconds() - begin, 1)) / 1_000
      let part = Double(bytesRead + file.bytesRead) / Double(max(bytes, 1))
      let rate = Int(Double(tally.records) / seconds)
      terminal.progress("\(Terminal.bar(part)) \(tally.records.grouped) records, \(rate.grouped)/s  \(path)")
    }
  }
}
