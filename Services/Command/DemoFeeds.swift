import Contracts
import Foundation
import Glibc
import Wire

/// The files of a simulated operator in a demonstration's home: those of days to come wait in
/// `feeds-staged`, those that have arrived are in `feeds`, where the sources' connectors find them.
struct DemoFeeds: Sendable {
  let home: String
  let simulation: Simulation

  private var staged: String { home + "/feeds-staged" }
  private func folder(_ feed: Feed) -> String { "\(home)/feeds/\(feed.rawValue)" }

  /// What the record of a run says of it.
  var description: String {
    "\(simulation.customers) customers, \(simulation.days) days, seed \(simulation.seed)"
  }

  /// All customers' ids.
  var customers: [String] {
    (0..<simulation.customers).map { Subscriber(seed: simulation.seed, number: $0).id }
  }

  /// Simulates, unless that was done before; gives what was written.
  func prepare(_ terminal: Terminal) throws -> [Feed: FeedCounts] {
    for feed in Feed.allCases {
      do {
        try FileManager.default.createDirectory(atPath: folder(feed), withIntermediateDirectories: true)
      } catch { throw Fault("\(folder(feed)) cannot be made", advice: "check the free space") }
    }
    if !FileManager.default.fileExists(atPath: staged) {
      // Under another name first: an interruption leaves no half of a simulation.
      let fresh = staged + ".new"
      try? FileManager.default.removeItem(atPath: fresh)
      _ = try simulation.write(to: fresh) { done in
        let part = Double(done) / Double(simulation.days)
        terminal.progress("\(Terminal.bar(part)) simulating day \(done) of \(simulation.days)")
      }
      try Self.move(fresh, staged)
    }
    return try Dictionary(uniqueKeysWithValues: Feed.allCases.map { ($0, try counts($0)) })
  }

  private func counts(_ feed: Feed) throws -> FeedCounts {
    let path = "\(staged)/\(feed.rawValue)/manifest.json"
    guard let data = FileManager.default.contents(atPath: path), let tree = try? JSONTree(Array(data)[...])
    else { throw Fault("\(path) cannot be read", advice: "begin anew with --fresh") }
    return FeedCounts(tree)
  }

  /// Moves the files of a day to where they are read; what was moved before stays.
  func arrive(_ day: Day) throws {
    for feed in Feed.allCases {
      let file = feed.file(of: day)
      let from = "\(staged)/\(feed.rawValue)/\(file)"
      guard access(from, F_OK) == 0 else { continue }
      try Self.move(from, "\(folder(feed))/\(file)")
    }
  }

  private static func move(_ from: String, _ to: String) throws {
    guard rename(from, to) == 0 else { throw Fault("\(from) cannot be moved to \(to)") }
  }

  /// The feed's source as compose/examples/simulated has it, with the folder in this home.
  func source(_ feed: Feed) throws -> SourceFile {
    let tree = try JSONTree(try YAMLText.json(ExampleSource.simulated(feed))[...])
    let folder = JSONTree.string(folder(feed))
    let text = tree.replacing("connection_config") { $0.replacing("directory") { _ in folder } }.shown
    return try SourceFile(yaml: text, origin: "\(feed.rawValue).yaml")
  }

  /// The line of a record that has arrived; ids begin with the day of its file.
  func line(_ source: String, id: String) -> String? {
    guard let feed = Feed.allCases.first(where: { $0.source == source }), id.count > 8,
      let day = Day("\(id.prefix(4))-\(id.dropFirst(4).prefix(2))-\(id.dropFirst(6).prefix(2))"),
      let data = FileManager.default.contents(atPath: "\(folder(feed))/\(feed.file(of: day))")
    else { return nil }
    let lines = data.split(separator: 0x0A).lazy.map { String(decoding: $0, as: UTF8.self) }
    return lines.first { $0.hasPrefix(id + ",") || $0.hasPrefix(id + ";") || $0.contains("\"\(id)\"") }
  }
}

extension JSONTree {
  /// The same object with one member changed.
  func replacing(_ name: String, _ change: (JSONTree) -> JSONTree) -> JSONTree {
    guard case .object(var members) = self else { return self }
    for place in members.indices where members[place].name == name {
      members[place].value = change(members[place].value)
    }
    return .object(members)
  }
}

extension FeedCounts {
  /// Reads what `write` wrote.
  init(_ tree: JSONTree) {
    files = tree["files"].integer ?? 0
    lines = tree["lines"].integer ?? 0
    accepted = tree["accepted"].integer ?? 0
    duplicate = tree["duplicate"].integer ?? 0
    rejected = tree["rejected"].integer ?? 0
    skipped = tree["skipped"].integer ?? 0
    late = tree["late"].integer ?? 0
    for member in tree["events"].members {
      if let type = EventType(rawValue: member.name) { events[type] = member.value.integer }
    }
  }
}
