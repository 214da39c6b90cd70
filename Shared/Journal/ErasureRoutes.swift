import Contracts
import Messaging
import Wire

/// `{"partition", "customer_id"?}`.
private struct ErasureRequest {
  var partition = -1
  var customer = ""

  init(_ request: Request, partitions: Int) throws {
    guard let payload = request.payloads.first else { throw WireError.invalid("the payload is missing") }
    var (partition, customer) = (-1, "")
    try readable {
      var scanner = JSONScanner(payload)
      try scanner.beginObject()
      while let key = try scanner.nextKey() {
        switch key {
        case "partition": partition = Int(clamping: try scanner.integer())
        case "customer_id": customer = try scanner.string()
        default: try scanner.skip()
        }
      }
    }
    guard (0..<partitions).contains(partition) else {
      throw WireError.invalid("'partition' must be 0 to \(partitions - 1)")
    }
    (self.partition, self.customer) = (partition, customer)
  }
}

/// The erasure of a customer who is forgotten, in three steps that may each be taken again: every service
/// checks what it has and begins there from then on, entries become tombstones, followers take over what the
/// journals add up to.
extension Node {
  private static var done: Frames { Frames([JSONWriter.object { $0.member("done", true) }]) }

  func secure(_ request: Request) async throws -> Frames {
    try await secure(ErasureRequest(request, partitions: settings.partitions).partition)
    return Self.done
  }

  /// Folds a partition again, and lets a fold begin there from now on.
  public func secure(_ partition: Int) async throws {
    let upstream = Upstream(directory: directory, definitionsPartition: definitionsPartition)
    try await workshop.secure(
      main, partition, database: settings.database,
      scratch: "\(settings.scratch)/secure-\(settings.instance)-\(partition).sqlite", fetch: upstream.page)
  }

  func erase(_ request: Request) async throws -> Frames {
    let asked = try ErasureRequest(request, partitions: settings.partitions)
    guard !asked.customer.isEmpty else { throw WireError.invalid("'customer_id' is missing") }
    let count = try await erase(asked.customer, asked.partition)
    return Frames([JSONWriter.object { $0.member("erased", count) }])
  }

  /// Puts tombstones in the places of a forgotten customer's entries; gives how many.
  public func erase(_ customer: String, _ partition: Int) async throws -> Int {
    guard main.isOpen(partition) else { throw main.refusal(partition) }
    return try await main.owner(of: partition).erase(customer, partition)
  }

  func adjust(_ request: Request) async throws -> Frames {
    try await adjust(ErasureRequest(request, partitions: settings.partitions).partition)
    return Self.done
  }

  /// Takes over what the followed journals add up to.
  public func adjust(_ partition: Int) async throws {
    guard main.isOpen(partition) else { throw main.refusal(partition) }
    for journal in main.fold.upstreams where !journal.isDefinitions {
      guard let progress = try await workshop.snapshot(settings.database, partition) else {
        throw WireError.failedPrecondition("partition \(partition) has no snapshot")
      }
      let number = progress[journal].number
      guard number > 0 else { continue }
      let payload = JSONWriter.object { writer in
        writer.member("journal", journal.rawValue)
        writer.key("after")
        writer.object { writer in
          writer.key(text: String(partition))
          writer.integer(number)
        }
      }
      let reply = try await directory.call(
        journal.owner.rawValue, "journal/sum", partition: partition, Frames([payload]),
        timeoutMilliseconds: Self.sumMilliseconds, retry: true)
      try await main.owner(of: partition).adjust(partition, journal, [number: try Self.sum(reply)])
    }
  }

  /// How long adding up a journal may take, milliseconds.
  private static var sumMilliseconds: Int { 120_000 }

  private static func sum(_ reply: Frames) throws -> EntrySum {
    var (count, sum) = (Int64(-1), UInt64(0))
    try readable {
      var scanner = JSONScanner(reply.first ?? [])
      try scanner.beginObject()
      while try scanner.nextKey() != nil {
        try scanner.beginObject()
        while let key = try scanner.nextKey() {
          switch key {
          case "count": count = try scanner.integer()
          case "sum": sum = UInt64(try scanner.string(), radix: 16) ?? 0
          default: try scanner.skip()
          }
        }
      }
    }
    guard count >= 0 else { throw WireError.internal("a journal's sum is missing") }
    return EntrySum(count: count, sum: sum)
  }
}
