import Contracts
import Messaging
import Wire

/// One run of a source's connector, from its start to its end.
struct SyncJob: Sendable {
  /// The pauses between two questions, in milliseconds: most runs of a demonstration are short.
  private static let pausesMilliseconds = [5, 10, 20, 40, 80, 160]
  /// No run takes longer, in milliseconds.
  private static let patienceMilliseconds: Int64 = 1_800_000

  let cluster: Cluster
  let source: String

  /// Runs it and gives how many records were read.
  func run() async throws -> Int {
    let begun = try await ask(Method.sync, JSONWriter.object { $0.member("source", source) })
    guard let id = begun["id"].text else { throw Fault("a run of \(source) has no id") }
    let payload = JSONWriter.object { $0.member("id", id) }
    let end = Monotonic.milliseconds() + Self.patienceMilliseconds
    var tries = 0
    while true {
      let job = try await ask(Method.job, payload)
      switch job["status"].text {
      case "done": return job["read"].integer ?? 0
      case "running": break
      default:
        throw Fault("the run \(id) of \(source) ended: \(job["error"].shown)", advice: "see Ingestion's log")
      }
      guard Monotonic.milliseconds() < end else { throw Fault("the run \(id) of \(source) does not end") }
      let pause = Self.pausesMilliseconds[min(tries, Self.pausesMilliseconds.count - 1)]
      tries += 1
      try await Task.sleep(for: .milliseconds(pause))
    }
  }

  private func ask(_ method: String, _ payload: [UInt8]) async throws -> JSONTree {
    do throws(WireError) {
      return try Cluster.tree(try await cluster.call(.ingestion, method, Frames([payload])), method)
    } catch { throw Fault("the source \(source)", error) }
  }
}
