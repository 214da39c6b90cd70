import ArgumentParser
import Foundation
import Hosting
import Wire

/// `laurel simulate`: the files of an invented operator.
struct SimulateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate", abstract: "Writes the raw files of a simulated operator's systems.",
    discussion: """
      Six feeds (cdr, billing, crm, app, network, dwh), a folder each, with a file for each day and a \
      manifest.json of what is in them and what must become of it. Mappings for them are in \
      compose/examples/simulated. The same seed gives the same bytes. LAUREL_ZONE is the zone of the days \
      (default UTC).
      """)

  @Option(help: "How many customers.")
  var customers = Simulation.customersDefault

  @Option(help: "How many days.")
  var days = Simulation.daysDefault

  @Option(help: "The same seed gives the same bytes.")
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("The folder to write into, made if it is missing.", valueName: "folder"))
  var out: String

  @Option(help: ArgumentHelp("The last day (default: yesterday).", valueName: "2026-09-24"))
  var end: String?

  @Flag(help: "Print the manifest as JSON.")
  var json = false

  func validate() throws {
    guard (1...Simulation.customersMax).contains(customers), (1...Simulation.daysMax).contains(days) else {
      throw ValidationError(
        "--customers is 1 to \(Simulation.customersMax), --days 1 to \(Simulation.daysMax)")
    }
    if let end, Day(end) == nil { throw ValidationError("--end is a date such as 2026-09-24") }
  }

  func run() async throws {
    let zone = try Demo.zone(ProcessInfo.processInfo.environment)
    let last = end.flatMap { Day($0) } ?? zone.day(ofMicros: ServiceClock.machineMicroseconds()) - 1
    let simulation = Simulation(seed: seed, customers: customers, days: days, last: last, zone: zone)
    let terminal = Terminal()
    let begin = Monotonic.milliseconds()
    var memory = 0
    let counts = try simulation.write(to: out) { done in
      memory = max(memory, ProcessFigures.read().residentBytes)
      terminal.progress("\(Terminal.bar(Double(done) / Double(days))) day \(done) of \(days)")
    }
    terminal.clear()
    let milliseconds = Monotonic.milliseconds() - begin
    Terminal.result(
      json ? Self.json(counts, milliseconds, memory) : Self.table(counts, milliseconds, memory))
  }

  private static func json(_ counts: [Feed: FeedCounts], _ milliseconds: Int64, _ memory: Int) -> String {
    let text = JSONWriter.object { writer in
      writer.key("feeds")
      writer.object { writer in
        for feed in Feed.allCases {
          writer.key(text: feed.rawValue)
          (counts[feed] ?? FeedCounts()).write(&writer)
        }
      }
      writer.member("milliseconds", milliseconds)
      writer.member("memory_bytes", memory)
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static func table(_ counts: [Feed: FeedCounts], _ milliseconds: Int64, _ memory: Int) -> String {
    var table = TextTable([
      "feed", "files", "records", "accepted", "duplicate", "rejected", "skipped", "late",
    ])
    for feed in Feed.allCases {
      let counts = counts[feed] ?? FeedCounts()
      let numbers = [
        counts.files, counts.lines, counts.accepted, counts.duplicate, counts.rejected, counts.skipped,
        counts.late,
      ]
      table.add([feed.rawValue] + numbers.map(\.grouped))
    }
    let records = counts.values.reduce(0) { $0 + $1.lines }
    return table.text + "\n\(records.grouped) records in \((milliseconds + 500) / 1_000) s, "
      + "at most \(memory >> 20) MB of memory"
  }
}
