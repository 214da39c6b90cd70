import Foundation
import Storage

/// A PostgreSQL server for a benchmark: the one that is named, or a private one in a temporary folder.
final class BenchPostgres: Sendable {
  /// A URL with a database that exists.
  let url: String
  /// The server's first process; nil when it is elsewhere.
  let process: pid_t?
  private let guardian: Guardian?

  /// A server that runs already.
  init(url: String) {
    self.url = url
    process = nil
    guardian = nil
  }

  private init(_ guardian: Guardian) throws {
    self.guardian = guardian
    url = "postgres://postgres@\(guardian.folder.replacingOccurrences(of: "/", with: "%2F"))/postgres"
    let file = FileManager.default.contents(atPath: guardian.folder + "/data/postmaster.pid") ?? Data()
    process = Int32(String(decoding: file, as: UTF8.self).prefix { $0 != "\n" })
  }

  /// A private server with settings as they are by default; nil where its programs are not installed.
  static func start() throws -> BenchPostgres? {
    guard let programs else { return nil }
    return try BenchPostgres(try Guardian(programs: programs))
  }

  deinit { guardian?.stop() }

  /// The newest folder with the server's programs.
  private static var programs: String? {
    let root = "/usr/lib/postgresql"
    let versions = ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []).compactMap { Int($0) }
    let path = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
    return (versions.sorted(by: >).map { "\(root)/\($0)/bin" } + path).first { folder in
      ["initdb", "pg_ctl"].allSatisfy { FileManager.default.isExecutableFile(atPath: "\(folder)/\($0)") }
    }
  }

  /// Runs a body with a new database, which is dropped afterwards.
  func with<Result>(_ name: String, _ body: (String) async throws -> Result) async throws -> Result {
    try admin("CREATE DATABASE \(name) TEMPLATE template0 ENCODING 'UTF8'")
    do {
      let result = try await body(Self.url(url, database: name))
      try admin("DROP DATABASE \(name) WITH (FORCE)")
      return result
    } catch {
      try? admin("DROP DATABASE \(name) WITH (FORCE)")
      throw error
    }
  }

  private func admin(_ text: String) throws {
    let session = try Session.open(try DatabaseURL(url))
    defer { session.close() }
    try session.script(text)
  }

  /// The same server with another database: what stands between the last slash and the parameters.
  static func url(_ url: String, database: String) -> String {
    let parts = url.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let parameters = parts.count > 1 ? "?" + parts[1] : ""
    guard let slash = parts[0].lastIndex(of: "/") else { return url }
    return parts[0][...slash] + database + parameters
  }
}

/// The shell that owns a private server: it stops the server at the end of its input, whatever became of us.
private final class Guardian: Sendable {
  // $1 programs, $2 folder. PostgreSQL refuses to run as root, so root steps down first.
  private static let script = """
    cd "$2" || exit 1
    step() { "$@"; }
    if [ "$(id -u)" = 0 ]; then
      chown postgres "$2" || exit 1
      step() { setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; }
    fi
    step "$1/initdb" -D "$2/data" -U postgres -A trust -E UTF8 --locale=C --no-sync >"$2/log" 2>&1
    options="-c listen_addresses= -c unix_socket_directories=$2 -c max_wal_size=4GB -c shared_buffers=512MB"
    if step "$1/pg_ctl" -D "$2/data" -l "$2/data/log" -o "$options" -w start >>"$2/log" 2>&1; then
      echo ready
      read -r line
    else
      cat "$2/log" >&2
    fi
    step "$1/pg_ctl" -D "$2/data" -m immediate -w stop >/dev/null 2>&1
    rm -rf "$2"
    """

  let folder: String
  private let input: FileHandle
  private let process: Process

  init(programs: String) throws {
    // A socket's path has at most 107 bytes, so the folder stands directly in the temporary one.
    folder = NSTemporaryDirectory() + "laurel-pg-" + UUID().uuidString.prefix(8)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    let (input, output, process) = (Pipe(), Pipe(), Process())
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", Self.script, "sh", programs, folder]
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    self.input = input.fileHandleForWriting
    self.process = process
    let answer = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    guard answer.hasPrefix("ready") else {
      throw Fault(
        "the private PostgreSQL did not start", advice: "its log is above; or name one with --postgres")
    }
  }

  func stop() {
    try? input.close()
    process.waitUntilExit()
  }
}
