import Contracts
import Journal
import Wire

/// The questions about one customer's entries, found along their links without an index.
struct HistoryHandler: Sendable {
  /// Entries that are fetched at once while a customer's are followed back.
  private static let windowEntries = 128
  /// Entries that one question looks at; behind them the answer says where to go on.
  static let lookedAtMax = 20_000

  let node: IngestionNode

  /// `ingestion.v1/events {"customer_id", "event_type"?, "source"?, "since"?, "until"?, "before"?, "limit"}`:
  /// `{"customer_id", "events": [...], "next"}`, entries as stored, newest first.
  ///
  /// `since` and `until` are of the event's own time, the first one included; `next` is given as `before` to
  /// go on, 0 when there is no more.
  func events(_ payloads: Frames) async throws -> Frames {
    let question = try HistoryQuestion(payloads)
    let found = try await chain(question, mayEnd: true)
    return Frames([
      JSONWriter.object { writer in
        writer.member("customer_id", question.customer)
        writer.key("events")
        writer.array { writer in for (_, entry) in found.entries { writer.raw(entry) } }
        writer.member("next", found.next)
      }
    ])
  }

  /// `ingestion.v1/entries {"customer_id", "before"?, "limit"}`: `{"last", "numbers": [...]}`, then the
  /// entries, newest first.
  ///
  /// Only entries of smaller numbers than `before`; `last` is the link of the last one given, 0 at the end,
  /// and the last number is the next `before`.
  func entries(_ payloads: Frames) async throws -> Frames {
    let found = try await chain(try HistoryQuestion(payloads), mayEnd: false)
    let head = JSONWriter.object { writer in
      writer.member("last", found.link)
      writer.key("numbers")
      writer.array { writer in for (number, _) in found.entries { writer.integer(number) } }
    }
    return Frames([head] + found.entries.map(\.1))
  }

  /// What is to be said of a customer's records when he is forgotten.
  func count(_ customer: String) async throws -> ForgetRequest {
    let partition = Partitioning.partition(of: customer, count: node.settings.partitions)
    var request = ForgetRequest()
    request.customer = customer
    request.last = try await node.main.read(partition) { reader in
      Residence(try reader.row(IngestionRow.customerKey(customer))).last
    }
    var window = EntryWindow(node: node, partition: partition)
    var (link, reversals) = (request.last, Set<UInt128>())
    while link > 0 {
      let event = try JournalledEvent(try await window.entry(link)[...])
      // A reversal of several events, and one that had waited, is one record.
      let isRecord =
        event.kind != "reversal"
        || event.waited == nil && reversals.insert(event.identity.reversal(shape: event.shape)).inserted
      if isRecord { request.records[event.source, default: 0] += 1 }
      link = event.prev
    }
    return request
  }

  private struct Found {
    var entries: [(Int64, [UInt8])] = []
    /// The number of the next entry back; 0 for none.
    var link: Int64 = 0
    /// What `before` must be to go on; 0 at the end.
    var next: Int64 { link == 0 ? 0 : link + 1 }
  }

  /// Follows the links back; `mayEnd`: where retention has dropped what comes next, the list ends.
  private func chain(_ question: HistoryQuestion, mayEnd: Bool) async throws -> Found {
    let partition = Partitioning.partition(of: question.customer, count: node.settings.partitions)
    var found = Found()
    var window = EntryWindow(node: node, partition: partition)
    var looked = 0
    do {
      found.link = try await start(question, partition, &window)
      while found.link > 0, found.entries.count < question.limit, looked < Self.lookedAtMax {
        let entry = try await window.entry(found.link)
        let event = try JournalledEvent(entry[...])
        if question.isPlain || question.takes(event) { found.entries.append((found.link, entry)) }
        found.link = event.prev
        looked += 1
      }
    } catch let error as WireError where mayEnd && error.status == .outOfRange {
      found.link = 0
    }
    return found
  }

  /// The customer's newest entry before `before`: that one's neighbours tell it without a walk, if they are
  /// the customer's.
  private func start(
    _ question: HistoryQuestion, _ partition: Int, _ window: inout EntryWindow
  ) async throws -> Int64 {
    let key = IngestionRow.customerKey(question.customer)
    let head = try await node.main.read(partition) { reader in
      Residence(try reader.row(key)).last
    }
    guard let before = question.before, before <= head else { return head }
    for number in [before, before - 1] where number > 0 {
      let event = try JournalledEvent(try await window.entry(number)[...])
      if event.customer == question.customer { return number == before ? event.prev : number }
    }
    var number = head
    while number >= before { number = try JournalledEvent(try await window.entry(number)[...]).prev }
    return number
  }

  /// Stored entries around the one in hand.
  private struct EntryWindow {
    let node: IngestionNode
    let partition: Int
    private var entries: [Int64: [UInt8]] = [:]

    init(node: IngestionNode, partition: Int) {
      self.node = node
      self.partition = partition
    }

    mutating func entry(_ number: Int64) async throws -> [UInt8] {
      if let entry = entries[number] { return entry }
      let after = max(0, number - Int64(HistoryHandler.windowEntries))
      do { try await fetch(after, Int(number - after)) } catch let error as WireError
        where error.status == .outOfRange
      { entries = [:] }
      if entries[number] == nil { try await fetch(number - 1, 1) }
      guard let entry = entries[number] else {
        throw WireError.dataLoss("there is no entry \(number) of partition \(partition)")
      }
      return entry
    }

    private mutating func fetch(_ after: Int64, _ count: Int) async throws {
      let page = try await node.main.entries(partition, after: after, limit: count)
      entries = Dictionary(page) { first, _ in first }
    }
  }
}

/// Which entries of a customer are wanted.
struct HistoryQuestion: Sendable {
  private(set) var customer = ""
  private(set) var before: Int64?
  private(set) var limit = 0
  private var type: String?
  private var source: String?
  private var since: Int64?
  private var until: Int64?

  init(_ payloads: Frames) throws(WireError) {
    var question = HistoryQuestion()
    question.limit = try QueryHandler.limit(payloads) { key, scanner in
      switch key {
      case "customer_id": question.customer = try scanner.string()
      case "before": if try !scanner.takeNull() { question.before = try scanner.integer() }
      case "event_type": question.type = try scanner.optionalString()
      case "source": question.source = try scanner.optionalString()
      case "since": if try !scanner.takeNull() { question.since = try scanner.integer() }
      case "until": if try !scanner.takeNull() { question.until = try scanner.integer() }
      default: try scanner.skip()
      }
    }
    guard !question.customer.isEmpty else { throw .invalid("'customer_id' is missing") }
    if let type = question.type, EventType(rawValue: type) == nil {
      throw .invalid("'event_type': '\(type)' is no event type")
    }
    self = question
  }

  private init() {}

  /// Whether all entries are wanted.
  var isPlain: Bool { type == nil && source == nil && since == nil && until == nil }

  /// Whether an entry is wanted; a reversal is a REVERSAL, of its own source, at its original's time.
  func takes(_ event: JournalledEvent) -> Bool {
    if let type, event.type != type { return false }
    if let source, event.source != source { return false }
    if let since, event.at < since { return false }
    if let until, event.at >= until { return false }
    return true
  }
}
