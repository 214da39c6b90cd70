import Journal
import Wire

/// The events of `laurel bench journal`: the same bytes as the loops in C make.
struct BenchEvents: Sendable {
  static let partitions = 64
  /// Bytes of one entry.
  static let entryBytes = 270
  /// Bytes of an identity before the entry.
  static let hashBytes = 16
  /// Events that are handed over together, as a chunk of a file is.
  static let chunk = 5_000
  private static let seed: UInt64 = 1

  let count: Int
  let customers: Int

  /// All events in their order: the partition, and the identity's bytes with the entry behind them.
  func each(_ body: (Int, [UInt8]) -> Void) {
    var random = SplitMix64(seed: Self.seed)
    for number in 0..<count {
      let customer = "C-" + Self.padded(random.below(customers), to: 6)
      var bytes: [UInt8] = []
      bytes.reserveCapacity(Self.hashBytes + Self.entryBytes)
      for word in [random.next(), random.next()] {
        withUnsafeBytes(of: word.bigEndian) { bytes.append(contentsOf: $0) }
      }
      bytes += Self.entry(number, customer)
      body(Partitioning.partition(of: customer, count: Self.partitions), bytes)
    }
  }

  static func entry(_ number: Int, _ customer: String) -> [UInt8] {
    let head =
      #"{"v":1,"kind":"event","id":"e-\#(padded(number, to: 8))","prev":0,"customer_id":"\#(customer)","#
      + #""value":\#(number % 600),"filler":""#
    var entry = Array(head.utf8)
    entry += [UInt8](repeating: 0x78, count: max(0, entryBytes - 2 - entry.count))
    return entry + Array(#""}"#.utf8)
  }

  private static func padded(_ number: Int, to width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  /// Commands for the edge, by chunk.
  func commands() -> [[(partition: Int, command: Command)]] {
    var chunks: [[(partition: Int, command: Command)]] = []
    var parts: [Int: Frames] = [:]
    var held = 0
    func close() {
      let commands = parts.sorted { $0.key < $1.key }.map {
        (partition: $0.key, command: Command(method: BenchEdge.method, key: "", payloads: $0.value))
      }
      if held > 0 { chunks.append(commands) }
      (parts, held) = ([:], 0)
    }
    each { partition, bytes in
      parts[partition, default: Frames()].append(bytes)
      held += 1
      if held == Self.chunk { close() }
    }
    close()
    return chunks
  }

  /// How many events each partition has.
  func counts() -> [Int] {
    var counts = [Int](repeating: 0, count: Self.partitions)
    each { partition, _ in counts[partition] += 1 }
    return counts
  }
}
