import Contracts
import Foundation
import Wire

/// Records that travel together, in the order of their file.
struct Chunk: Sendable {
  /// Not more records travel at once.
  static let recordsMax = 5_000
  /// Not more bytes, but for one record that is larger.
  static let bytesMax = 1_048_576

  /// The place of the first one in its run, from 0.
  private(set) var from: Int
  private(set) var records = Frames()
  /// The place after the last one.
  var to: Int { from + records.count }

  init(from: Int) { self.from = from }

  var isEmpty: Bool { records.isEmpty }
  var isFull: Bool { records.count >= Self.recordsMax || records.bytes.count >= Self.bytesMax }

  mutating func append(_ record: ArraySlice<UInt8>) { records.append(record) }

  /// The same records at later places.
  func moved(by places: Int) -> Chunk {
    var chunk = self
    chunk.from += places
    return chunk
  }
}

/// What became of a chunk's records.
struct ChunkAnswer: Sendable, Decodable {
  struct Problem: Sendable, Decodable {
    /// The record's place in the chunk.
    var index: Int
    var code: String
    var message: String
  }

  var accepted: Int
  var duplicate: Int
  var rejected: Int
  var skipped: Int
  var errors: [Problem]?
  var positions: [Position]?

  init(_ reply: Frames) throws {
    do { self = try JSONDecoder().decode(Self.self, from: Data(reply.first ?? [])) } catch {
      throw Fault("the answer of \(Method.records) cannot be read: \(error)")
    }
  }
}

/// Records by what became of them; each is exactly one of accepted, duplicate, rejected and skipped.
struct FateTally: Sendable {
  var records = 0
  var accepted = 0
  var duplicate = 0
  var rejected = 0
  var skipped = 0
  /// Rejected records by the code of the reason.
  var codes: [String: Int] = [:]

  mutating func add(_ answer: ChunkAnswer, records count: Int) {
    records += count
    accepted += answer.accepted
    duplicate += answer.duplicate
    rejected += answer.rejected
    skipped += answer.skipped
    for problem in answer.errors ?? [] { codes[problem.code, default: 0] += 1 }
  }

  func write(_ writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("records", records)
      writer.member("accepted", accepted)
      writer.member("duplicate", duplicate)
      writer.member("rejected", rejected)
      writer.member("skipped", skipped)
      writer.key("rejected_by_code")
      writer.object { writer in
        for (code, count) in codes.sorted(by: { $0.key < $1.key }) {
          writer.key(text: code)
          writer.integer(count)
        }
      }
    }
  }

  /// `12 invalid_value, 3 bad_record`, the most frequent first.
  var reasons: String {
    codes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.value) \($0.key)" }.joined(
      separator: ", ")
  }
}
