import Contracts
import Journal
import Messaging
import Wire

/// Forgetting a customer, as far as it is Ingestion's: it says so to all, and blanks what was rejected.
struct ForgetHandler: Sendable {
  /// How often entries that come in between may break the count off.
  private static let triesMax = 5
  /// Rejected records that one look reads.
  private static let rejectedPerRead = 1_000

  let node: IngestionNode

  /// `{"customer_id"}`: `{"partition", "number", "position"}` of the entry.
  func forget(_ payloads: Frames) async throws -> Frames {
    let customer = try ForgetRequest(payloads.first).customer
    let partition = Partitioning.partition(of: customer, count: node.settings.partitions)
    for attempt in 1... {
      let request = try await HistoryHandler(node: node).count(customer)
      do {
        let reply = try await node.main.submit(
          partition, Command(method: Method.forget, key: "", payloads: Frames([request.encoded()])))
        return reply
      } catch let error as WireError where error.status == .aborted && attempt < Self.triesMax {
        continue
      }
    }
    throw WireError(.aborted, "the customer's events do not stand still")
  }

  /// `{"partition", "number"}`: `{"customer_id"}`, null where the entry is erased.
  func forgotten(_ payloads: Frames) async throws -> Frames {
    var (partition, number) = (Int64(-1), Int64(0))
    try Payload.read(payloads.first) { key, scanner in
      switch key {
      case "partition": partition = try scanner.integer()
      case "number": number = try scanner.integer()
      default: try scanner.skip()
      }
    }
    let page = try await node.main.entries(Int(clamping: partition), after: number - 1, limit: 1)
    let entry = try page.first.flatMap { try ForgetEntry($0.1[...]) }
    return Frames([
      JSONWriter.object { writer in
        writer.key("customer_id")
        if let entry { writer.string(entry.customer) } else { writer.null() }
      }
    ])
  }

  /// `{"partition", "customer_id"}`: blanks the partition's rejected records that name the customer.
  func blank(_ payloads: Frames) async throws -> Frames {
    var (partition, customer) = (Int64(-1), "")
    try Payload.read(payloads.first) { key, scanner in
      switch key {
      case "partition": partition = try scanner.integer()
      case "customer_id": customer = try scanner.string()
      default: try scanner.skip()
      }
    }
    guard !customer.isEmpty else { throw WireError.invalid("'customer_id' is missing") }
    let (place, word) = (Int(clamping: partition), Array(customer.utf8))
    var (after, blanked) = (IngestionRow.rejectedRows, 0)
    while true {
      let start = after
      let (keys, found) = try await node.main.read(place) { reader in
        let keys = try reader.keys(
          prefix: IngestionRow.rejectedRows, after: start, limit: Self.rejectedPerRead)
        let rows = try reader.rows(keys)
        let found = keys.filter { key in
          guard case .rejected(let row) = rows[key] else { return false }
          return row.raw.names(word) || Array(row.message.utf8).names(word)
        }
        return (keys, found)
      }
      if !found.isEmpty {
        let payload = JSONWriter.object { writer in
          writer.key("keys")
          writer.array { writer in for key in found { writer.string(key) } }
        }
        _ = try await node.main.submit(
          place, Command(method: Method.blankRejected, key: "", payloads: Frames([payload])))
        blanked += found.count
      }
      guard let last = keys.last, keys.count == Self.rejectedPerRead else { break }
      after = last
    }
    let count = blanked
    return Frames([JSONWriter.object { $0.member("blanked", count) }])
  }
}

extension [UInt8] {
  /// Whether a word stands in these bytes by itself: no letter, digit or hyphen around it.
  func names(_ word: [UInt8]) -> Bool {
    guard let first = word.first, count >= word.count else { return false }
    for start in 0...(count - word.count) where self[start] == first {
      let end = start + word.count
      guard self[start..<end].elementsEqual(word) else { continue }
      let before = start > 0 && self[start - 1].isOfWords
      let behind = end < count && self[end].isOfWords
      if !before, !behind { return true }
    }
    return false
  }
}

extension UInt8 {
  fileprivate var isOfWords: Bool {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"), UInt8(ascii: "_"), 0x80...0xFF: true
    default: false
    }
  }
}
