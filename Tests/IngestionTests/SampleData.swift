import Foundation

@testable import Ingestion

/// The data beside the project's own tree (see its SOURCES.md); a test that needs it is skipped where it is
/// absent.
enum SampleData {
  static let folder = URL(filePath: #filePath).appending(path: "../../../../shared/data").standardized
  static let calls = folder.appending(path: "cdr/nodobo_calls.csv")
  static let usage = folder.appending(path: "cdr/mobile_data.csv")
  static let recharges = folder.appending(path: "billing/recharges.csv")

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
