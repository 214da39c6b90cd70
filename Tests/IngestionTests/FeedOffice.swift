import Contracts
import Foundation
import Support
import Synchronization
import Testing

@testable import Ingestion

/// What a counterpart has: records that tests add to, and the failures that come first.
final class Stock: Sendable {
  private struct State {
    var records: [String] = []
    var failures: [Counterpart.Answer] = []
  }
  private let state = Mutex(State())

  init(_ records: [String] = []) { add(records) }

  var records: [String] { state.withLock(\.records) }
  func add(_ records: [String]) { state.withLock { $0.records += records } }
  /// The next answers are these, whatever is asked for.
  func fail(_ answers: [Counterpart.Answer]) { state.withLock { $0.failures += answers } }
  /// The next failure, if one is due.
  func failure() -> Counterpart.Answer? {
    state.withLock { $0.failures.isEmpty ? nil : $0.failures.removeFirst() }
  }

  /// Records as JSON texts, each of one call.
  static func calls(_ numbers: Range<Int>) -> [String] {
    numbers.map {
      #"{"who":"C-\#($0 % 7)","seconds":\#($0),"at":"2024-05-31T10:00:00Z","id":"r\#($0)"}"#
    }
  }

  /// `[a,b]`.
  static func list(_ records: some Sequence<String>) -> String { "[\(records.joined(separator: ","))]" }
}

extension Office {
  /// Defines the source `calls` with a connection, given as JSON.
  func define(connection: String, frequency: String = "daily") async throws {
    let text =
      #"{"definition":{"name":"calls","type":"cdr","connection_config":\#(connection),"#
      + #""sync_frequency":"\#(frequency)","format":{"kind":"json_lines"},"events":[{"customer_id":"who","#
      + #""event_type":{"const":"CALL_OUTGOING"},"value":"seconds","timestamp":"at","#
      + #""source_event_id":"id"}]}}"#
    _ = try await self.text(Method.putSource, text)
  }

  /// A source's counts: records, accepted, duplicate, rejected, skipped, chunks, chunks that are open.
  func counts(_ source: String = "calls") async throws -> [Int] {
    let text = try await self.text(IngestionMethod.sourceTotals, #"{"source":"\#(source)"}"#)
    let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
    return ["records", "accepted", "duplicate", "rejected", "skipped", "open_chunks"].map {
      object[$0] as? Int ?? -1
    }
  }

  /// A source as it is shown.
  func shown(_ source: String = "calls") async throws -> String {
    try await text(Method.sources, #"{"source":"\#(source)"}"#)
  }
}
