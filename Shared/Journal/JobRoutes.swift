import Contracts
import Messaging
import Storage
import Wire

extension Node {
  private var upstream: Upstream {
    Upstream(directory: directory, definitionsPartition: definitionsPartition)
  }

  private func scratch(_ partition: Int) -> String {
    "\(settings.scratch)/rebuild-\(settings.instance)-\(partition).sqlite"
  }

  /// `{"whole": bool}`: whether to fold from the first entry, not from the last snapshot.
  func rebuild(_ request: Request) async throws -> Frames {
    var isWhole = false
    if let payload = request.payloads.first {
      try readable {
        var scanner = JSONScanner(payload)
        try scanner.beginObject()
        while let key = try scanner.nextKey() {
          if case "whole" = key { isWhole = try scanner.bool() } else { try scanner.skip() }
        }
      }
    }
    return try await rebuildAll(isWhole: isWhole)
  }

  /// Whether a rebuild's report has no differences.
  public func isClean(_ report: Frames) -> Bool {
    var scanner = JSONScanner(report.first ?? [])
    guard (try? scanner.beginObject()) != nil else { return false }
    while let key = try? scanner.nextKey() {
      if case "differences" = key { return (try? scanner.integer()) == 0 }
      guard (try? scanner.skip()) != nil else { return false }
    }
    return false
  }

  /// Folds every partition that is open here again, from its snapshot or wholly, and says what differs.
  public func rebuildAll(isWhole: Bool = false) async throws -> Frames {
    var found: [Workshop.Rebuilt] = []
    for partition in main.open {
      found.append(
        try await workshop.rebuild(
          main, partition, database: settings.database, scratch: scratch(partition), isWhole: isWhole,
          fetch: upstream.page))
    }
    for partition in definitions.open {
      found.append(
        try await workshop.rebuild(
          definitions, partition, database: settings.database, scratch: scratch(partition), isWhole: isWhole,
          fetch: upstream.page))
    }
    return Frames([Self.report(settings, found)])
  }

  private static func report(_ settings: NodeSettings, _ found: [Workshop.Rebuilt]) -> [UInt8] {
    JSONWriter.object { writer in
      writer.member("service", settings.service.rawValue)
      writer.member("instance", settings.instance)
      writer.member("partitions", found.count)
      writer.member("intake_entries", found.reduce(0) { $0 + $1.intake })
      writer.member("outputs", found.reduce(0) { $0 + $1.outputs })
      writer.member("from_snapshot", found.reduce(0) { $0 + $1.began })
      writer.member("differences", found.reduce(0) { $0 + $1.differenceCount })
      writer.key("first_differences")
      writer.array { writer in
        for text in found.flatMap(\.differences).prefix(Refold<Main>.differencesMax) { writer.string(text) }
      }
    }
  }

  /// Checks every partition that is open here.
  func audit(_ request: Request) async throws -> Frames {
    var findings: [String] = []
    var mains: [Workshop.Audited] = []
    var defs: [Workshop.Audited] = []
    for partition in main.open {
      mains.append(
        try await workshop.audit(main, partition, database: settings.database, fetch: upstream.page))
    }
    for partition in definitions.open {
      defs.append(
        try await workshop.audit(definitions, partition, database: settings.database, fetch: upstream.page))
    }
    findings += (mains + defs).flatMap(\.findings)
    findings += try await leases()
    return Frames([
      JSONWriter.object { writer in
        writer.member("service", settings.service.rawValue)
        writer.member("instance", settings.instance)
        writer.key("journals")
        writer.object { writer in
          for (journal, audited) in [(main.fold.journal, mains), (definitions.fold.journal, defs)] {
            writer.key(text: journal.rawValue)
            writer.object { writer in for part in audited { Self.write(part, &writer) } }
          }
        }
        writer.key("findings")
        writer.array { writer in for finding in findings { writer.string(finding) } }
        writer.member("partial", mains.count(where: \.isPartial))
      }
    ])
  }

  private static func write(_ part: Workshop.Audited, _ writer: inout JSONWriter) {
    writer.key(text: String(part.partition))
    writer.object { writer in
      writer.member("head", part.progress.head)
      write(part.progress.outputs, &writer)
      writer.member("intake", part.progress.intake)
      writer.key("taken")
      writer.object { writer in
        for journal in JournalName.allCases where part.progress[journal].number > 0 {
          writer.key(text: journal.rawValue)
          writer.object { writer in
            writer.member("number", part.progress[journal].number)
            write(part.progress[journal].sum, &writer)
          }
        }
      }
      writer.key("parked")
      writer.array { writer in
        for parked in part.progress.parked { writer.string("\(parked.journal.rawValue)/\(parked.number)") }
      }
    }
  }

  private static func write(_ sum: EntrySum, _ writer: inout JSONWriter) {
    writer.member("count", sum.count)
    writer.member("sum", String(sum.sum, radix: 16))
  }

  private func leases() async throws -> [String] {
    let isSQLite = settings.database.engine == .sqlite
    let open = Set(main.open + definitions.open)
    let holder = "\(settings.instance)#\(settings.start)"
    let leases = try await lock.run { try LeaseStore.all($0) }
    return leases.compactMap { lease in
      if open.contains(lease.partition), lease.owner != holder {
        return "partition \(lease.partition) is open here and leased to '\(lease.owner)'"
      }
      return isSQLite && !open.contains(lease.partition) ? "partition \(lease.partition) has no owner" : nil
    }
  }

  /// Count and checksum of a journal up to given numbers: `{"journal", "after": {"7": n}}`.
  func sums(_ request: Request) async throws -> Frames {
    guard let payload = request.payloads.first else { throw WireError.invalid("the payload is missing") }
    let asked = try readable { try PagesRequest(payload) }
    var writer = JSONWriter()
    var sums: [(Int, EntrySum)] = []
    for (partition, number) in asked.after.sorted(by: { $0.key < $1.key }) {
      sums.append(
        (partition, try await workshop.sum(settings.database, partition, asked.journal, to: number)))
    }
    writer.object { writer in
      for (partition, sum) in sums {
        writer.key(text: String(partition))
        writer.object { Self.write(sum, &$0) }
      }
    }
    return Frames([writer.bytes])
  }

  /// Heads, cursors, owners and lag of what is open here.
  func status() async -> Frames {
    let (held, epoch) = await keeper.held
    var parts: [(Int, Progress)] = []
    for partition in main.open {
      if let progress = await main.owner(of: partition).progress(of: partition) {
        parts.append((partition, progress))
      }
    }
    let reports = Dictionary(main.settlement.reports().map { ($0.partition, $0) }) { first, _ in first }
    return Frames([
      JSONWriter.object { writer in
        writer.member("service", settings.service.rawValue)
        writer.member("instance", settings.instance)
        writer.member("database", settings.database.description)
        writer.member("journal", main.fold.journal.rawValue)
        writer.member("incarnation", installation.incarnation)
        writer.member("held", held.count)
        writer.member("epoch", epoch)
        writer.key("partitions")
        writer.object { writer in
          for (partition, progress) in parts {
            writer.key(text: String(partition))
            write(progress, reports[partition], &writer)
          }
        }
      }
    ])
  }

  private func write(_ progress: Progress, _ report: HeadReport?, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("head", progress.head)
      writer.member("intake", progress.intake)
      writer.member("parked", progress.parked.count)
      writer.key("cursors")
      writer.object { writer in
        for journal in main.fold.upstreams {
          writer.key(text: journal.rawValue)
          writer.integer(progress[journal].number)
        }
      }
      if let report {
        writer.key("settled")
        report.settled.write(&writer)
      }
    }
  }

  /// Folds a parked entry after all: `{"partition", "journal", "number"}`.
  func unpark(_ request: Request) async throws -> Frames {
    guard let payload = request.payloads.first else { throw WireError.invalid("the payload is missing") }
    let position = try readable {
      var scanner = JSONScanner(payload)
      return try Position(&scanner)
    }
    let page = try await upstream.page(
      position.journal, position.partition, position.number - 1, position.number)
    guard let entry = page.entries.first else {
      throw WireError.notFound("there is no entry \(position.number)")
    }
    try await main.owner(of: position.partition).unpark(position, Array(entry))
    return Frames([JSONWriter.object { $0.member("unparked", position.number) }])
  }
}

extension Owner {
  /// Folds a parked entry and commits it.
  func unpark(_ position: Position, _ entry: [UInt8]) throws {
    guard let partition = owned[position.partition] else {
      throw WireError.failedPrecondition("partition \(position.partition) is not owned here")
    }
    guard partition.progress.parked.contains(.init(journal: position.journal, number: position.number)) else {
      throw WireError.notFound("entry \(position.number) of \(position.journal.rawValue) is not parked")
    }
    let store = StateStore(session: try usableSession(), partition: position.partition)
    var batch = Batch(
      fold: fold, partition: position.partition, progress: partition.progress, registers: partition.registers,
      definitions: partition.definitions, cache: partition.cache, store: store)
    do {
      try batch.unpark(position.journal, position.number, entry, now: settings.clock.now())
    } catch let error as StorageError {
      throw error
    } catch {
      throw WireError.failedPrecondition("the entry still cannot be read: \(error)")
    }
    batch.close()
    commit([Step(partition: position.partition, batch: batch)])
  }
}
