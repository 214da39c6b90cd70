import Contracts
import Wire

/// Hands a source's records to Ingestion, several chunks at a time.
///
/// A chunk whose answer did not come is sent again under the same name (source, run, from, to), which
/// Ingestion recognises; so it counts once.
struct RecordSender: Sendable {
  /// Chunks on the way at a time.
  static let inFlightMax = 4
  /// How long one chunk may take, in milliseconds.
  static let timeoutMilliseconds = 60_000

  let cluster: Cluster
  let source: String
  /// Tells this reading of the data from others.
  let run: String
  /// The record that names the columns.
  let header: ArraySlice<UInt8>?

  /// Creates the source, or makes its definition this one.
  static func register(_ file: SourceFile, _ cluster: Cluster) async throws {
    let payload = JSONWriter.object { $0.member("definition", raw: file.json) }
    let partition = cluster.partitions
    do throws(WireError) {
      _ = try await cluster.call(.ingestion, Method.putSource, partition: partition, Frames([payload]))
    } catch { throw Fault("the source \(file.name) is refused", error) }
  }

  /// Sends one chunk and gives what became of it.
  func send(_ chunk: Chunk) async throws -> ChunkAnswer {
    var payloads = Frames([
      JSONWriter.object { writer in
        writer.member("source", source)
        writer.member("run", run)
        writer.member("from", chunk.from)
        writer.member("to", chunk.to)
        writer.member("header", optional: header.map { String(decoding: $0, as: UTF8.self) })
      }
    ])
    payloads.append(contentsOf: chunk.records)
    let reply: Frames
    do throws(WireError) {
      reply = try await cluster.call(
        .ingestion, Method.records, payloads, timeoutMilliseconds: Self.timeoutMilliseconds,
        key: "\(source)/\(run)/\(chunk.from)-\(chunk.to)")
    } catch { throw Fault("records \(chunk.from) to \(chunk.to) of \(source)", error) }
    return try ChunkAnswer(reply)
  }

  /// Sends all chunks that `next` gives until nil; `done` hears each with its answer, one at a time.
  func send(
    _ next: () throws -> Chunk?, _ done: (Chunk, ChunkAnswer) throws -> Void
  ) async throws {
    try await withThrowingTaskGroup(of: (Chunk, ChunkAnswer).self) { group in
      var flying = 0
      while true {
        while flying < Self.inFlightMax, let chunk = try next() {
          group.addTask { (chunk, try await send(chunk)) }
          flying += 1
        }
        guard flying > 0, let (chunk, answer) = try await group.next() else { return }
        flying -= 1
        try done(chunk, answer)
      }
    }
  }
}
