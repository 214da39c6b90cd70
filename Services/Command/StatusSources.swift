import Contracts
import Messaging
import Wire

/// The sources as `laurel status` shows them: those that are fetched or have spoken, the silent ones marked.
struct StatusSources: Sendable {
  /// As Ingestion answers them, secrets masked.
  let all: [JSONTree]

  /// Asks a replica of Ingestion; nothing where there is none.
  init(_ cluster: Cluster) async throws {
    guard let replica = cluster.directory.replicas(of: ServiceName.ingestion.rawValue).first else {
      all = []
      return
    }
    let reply = try await cluster.ask(replica, Method.sources, Frames([JSONWriter.object { _ in }]))
    all = try Cluster.tree(reply, Method.sources)["sources"].elements
  }

  init(_ all: [JSONTree]) { self.all = all }

  var text: String {
    var table = TextTable(["source", "kind", "runs", "last run", "last record", ""])
    for source in all where Self.isShown(source) {
      table.add([
        source["source_name"].text ?? "", source["connection_config"]["kind"].text ?? "push",
        source["sync_frequency"].text ?? "", Self.lastRun(source), Self.instant(source["last_record_at"]),
        source["is_silent"] == .bool(true) ? "SILENT" : "",
      ])
    }
    return table.text
  }

  private static func isShown(_ source: JSONTree) -> Bool {
    let isFetched = (source["connection_config"]["kind"].text ?? "push") != "push"
    return source["is_active"] == .bool(true) && isFetched || !source["last_record_at"].isNull
  }

  private static func lastRun(_ source: JSONTree) -> String {
    guard let status = source["last_sync_status"].text else { return "-" }
    return "\(instant(source["last_sync_at"])) \(status)"
  }

  private static func instant(_ value: JSONTree) -> String {
    value.integer.map { RFC3339.text(micros: Int64($0)) } ?? "-"
  }

  /// What is shown of them in JSON.
  func write(_ writer: inout JSONWriter) {
    writer.array { writer in
      for source in all {
        writer.object { writer in
          for member in source.members where Self.shown.contains(member.name) {
            writer.key(text: member.name)
            member.value.write(&writer)
          }
        }
      }
    }
  }

  private static let shown: Set<String> = [
    "source_name", "source_type", "is_active", "sync_frequency", "next_sync_at", "last_sync_at",
    "last_sync_status", "last_record_at", "is_silent",
  ]
}
