import Foundation

@testable import Ingestion

/// The data beside the project's own tree (see its SOURCES.md); a test that needs it is skipped where it is
/// absent.
enum SampleData {
  static let folder = URL(filePath: #filePath).appending(path: "../../../../shared/data").standardized
  static let calls = folder.appending(path: "cdr/nodobo_calls.csv")
  static let usage = folder.appending(path: "cdr/mobile_data.csv")

  static func isThere(_ file: URL) -> Bool { FileManager.default.fileExists(atPath: file.path) }
  static func bytes(_ file: URL) throws -> [UInt8] { Array(try Data(contentsOf: file)) }
}

/// Everything that a splitter gives for a file that comes in pieces.
func split(_ pieces: [[UInt8]], _ format: RecordFormat = .csv(CSVDialect(), columns: [])) -> [SplitRecord] {
  var splitter = RecordSplitter(format: format)
  var records: [SplitRecord] = []
  for piece in pieces {
    splitter.append(piece)
    while let record = splitter.next() { records.append(record) }
  }
  splitter.finish()
  while let record = splitter.next() { records.append(record) }
  return records
}

func bytes(_ text: String) -> ArraySlice<UInt8> { Array(text.utf8)[...] }
func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

/// SplitMix64: the same numbers for the same seed.
struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
