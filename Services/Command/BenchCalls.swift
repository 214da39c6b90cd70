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
    defer {
      number += 1
      at += step
    }
    let customer = random.below(customers)
    let name = "C-\(100_000 + customer)"
    let time = RFC3339.text(micros: at)
    guard known[customer] else {
      known[customer] = true
      return Array("B\(number),activation,\(name),,,\(time),".utf8)
    }
    let event = random.chance(0.6) ? "out" : "in"
    let other = "49\(150 + random.below(40))\(1_000_000 + random.below(8_999_999))"
    return Array("B\(number),\(event),\(name),\(other),\(5 + random.below(600)),\(time),".utf8)
  }

  /// Writes so many of the next records to a new file with a header.
  mutating func write(_ count: Int, to path: String) throws {
    guard FileManager.default.createFile(atPath: path, contents: Data((Self.header + "\n").utf8)),
      let file = FileHandle(forWritingAtPath: path)
    else { throw Fault("\(path) cannot be written", advice: "set TMPDIR to a folder with room") }
    defer { try? file.close() }
    _ = try file.seekToEnd()
    for start in stride(from: 0, to: count, by: Self.linesTogether) {
      var lines: [UInt8] = []
      for _ in start..<min(start + Self.linesTogether, count) { lines += next() + [0x0A] }
      try file.write(contentsOf: Data(lines))
    }
  }
}
