import Foundation
import Wire

/// Call records of `laurel bench pipeline`, even over a time and random over customers: the same seed and
/// start give the same bytes.
struct BenchCalls: Sendable {
  /// Of the example source's columns.
  static let header = ExampleSource.callsHeader
  /// Lines that are written to a file together.
  private static let linesTogether = 10_000

  /// The time between two records, microseconds.
  let step: Int64
  private let customers: Int
  private var random: SplitMix64
  private var at: Int64
  private var number = 0
  private var known: [Bool]

  /// The first record is at `start`, unix microseconds.
  init(seed: UInt64, customers: Int, start: Int64, step: Int64) {
    self.customers = customers
    self.step = step
    random = SplitMix64(seed: seed)
    at = start
    known = Array(repeating: false, count: customers)
  }

  /// The next record without its line's end; a customer's first one is the activation.
  mutating func next() -> [UInt8] {
    let customer = random.below(customers)
    guard known[customer] else {
      known[customer] = true
      return activation(of: customer)
    }
    defer { pass() }
    let name = name(customer)
    let time = RFC3339.text(micros: at)
    let event = random.chance(0.6) ? "out" : "in"
    let other = "49\(150 + random.below(40))\(1_000_000 + random.below(8_999_999))"
    return Array("B\(number),\(event),\(name),\(other),\(5 + random.below(600)),\(time),".utf8)
  }

  private mutating func activation(of customer: Int) -> [UInt8] {
    defer { pass() }
    return Array("B\(number),activation,\(name(customer)),,,\(RFC3339.text(micros: at)),".utf8)
  }

  private func name(_ customer: Int) -> String { "C-\(100_000 + customer)" }

  /// The names of the first customers, so many at most.
  func names(_ limit: Int) -> [String] { (0..<min(customers, limit)).map(name) }

  private mutating func pass() {
    number += 1
    at += step
  }

  /// Writes an activation of each customer to a new file: those who are there before a measurement.
  mutating func writeActivations(to path: String) throws {
    var customer = 0
    try write(customers, to: path) { calls in
      defer { customer += 1 }
      calls.known[customer] = true
      return calls.activation(of: customer)
    }
  }

  /// Writes so many of the next records to a new file with a header.
  mutating func write(_ count: Int, to path: String) throws {
    try write(count, to: path) { $0.next() }
  }

  private mutating func write(
    _ count: Int, to path: String, _ record: (inout BenchCalls) -> [UInt8]
  ) throws {
    guard FileManager.default.createFile(atPath: path, contents: Data((Self.header + "\n").utf8)),
      let file = FileHandle(forWritingAtPath: path)
    else { throw Fault("\(path) cannot be written", advice: "set TMPDIR to a folder with room") }
    defer { try? file.close() }
    _ = try file.seekToEnd()
    for start in stride(from: 0, to: count, by: Self.linesTogether) {
      var lines: [UInt8] = []
      for _ in start..<min(start + Self.linesTogether, count) { lines += record(&self) + [0x0A] }
      try file.write(contentsOf: Data(lines))
    }
  }
}
