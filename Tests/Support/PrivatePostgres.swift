import Foundation
import Storage
import Synchronization

/// A PostgreSQL cluster for tests: in a temporary folder, on a Unix socket, gone with the test process.
///
/// A guardian shell owns the server. It waits for lines on its standard input and stops the server at the
/// end of that pipe, so that even a killed test process leaves nothing behind.
public final class PrivatePostgres: Sendable {
  /// True where the server's programs are installed; otherwise tests that need them are skipped.
  public static let isAvailable = binaries != nil

  /// The cluster of this test process, started at its first use.
  public static func shared() throws -> PrivatePostgres { try started.get() }

  private static let started = Result { try PrivatePostgres() }
  private static let binaries = installed()

  private let folder: URL
  private let guardian: Mutex<Guardian>
  private let databases = Atomic<Int>(0)

  /// - Parameter fsync: false is faster; true where a test is about durability.
  public init(fsync: Bool = false) throws {
    guard let binaries = Self.binaries else { throw Failure("no PostgreSQL server programs are installed") }
    // A socket's path has at most 107 bytes, so the folder stands directly in the temporary one.
    let name = "laurel-pg-\(UUID().uuidString.prefix(8))"
    folder = URL(filePath: "/tmp").appending(path: name)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    let guardian = try Guardian(binaries: binaries, folder: folder, fsync: fsync)
    try guardian.awaitReady()
    self.guardian = Mutex(guardian)
  }

  deinit { guardian.withLock { $0.stop() } }

  /// The URL of a database of this cluster, whether it exists or not.
  public func url(database: String) throws -> DatabaseURL {
    let socket = folder.path.replacingOccurrences(of: "/", with: "%2F")
    return try DatabaseURL("postgres://postgres@\(socket)/\(database)")
  }

  /// Creates an empty database and returns its URL as other processes take it.
  public func freshDatabaseText() throws -> String {
    let name = try freshDatabase().description.split(separator: "/").last ?? ""
    return "postgres://postgres@\(folder.path.replacingOccurrences(of: "/", with: "%2F"))/\(name)"
  }

  /// Creates an empty database and returns its URL.
  public func freshDatabase() throws -> DatabaseURL {
    let number = databases.add(1, ordering: .relaxed).newValue
    let session = try Session.open(try url(database: "postgres"))
    defer { session.close() }
    try session.script("CREATE DATABASE test_\(number) TEMPLATE template0 ENCODING 'UTF8'")
    return try url(database: "test_\(number)")
  }

  /// Restarts the server, which breaks every connection.
  public func restart() throws {
    try guardian.withLock { guardian in
      try guardian.say("restart")
      try guardian.awaitReady()
    }
  }

  /// Stops the server and removes its folder; a second call does nothing.
  public func stop() { guardian.withLock { $0.stop() } }

  /// Says what kept the cluster from running.
  public struct Failure: Error, CustomStringConvertible {
    public let description: String
    init(_ description: String) { self.description = description }
  }

  /// The newest folder that has `initdb` and `pg_ctl`.
  private static func installed() -> String? {
    let root = "/usr/lib/postgresql"
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
    let newest = versions.sorted { (Int($0) ?? 0) > (Int($1) ?? 0) }.map { "\(root)/\($0)/bin" }
    let path = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
    return (newest + path).first { folder in
      ["initdb", "pg_ctl"].allSatisfy { FileManager.default.isExecutableFile(atPath: "\(folder)/\($0)") }
    }
  }
}

/// The shell that starts, restarts and stops one server, spoken to by lines.
private struct Guardian {
  // $1 programs, $2 folder, $3 fsync. PostgreSQL refuses to run as root, so root steps down first.
  private static let script = """
    cd "$2" || exit 1
    step() { "$@"; }
    if [ "$(id -u)" = 0 ]; then
      chown postgres "$2" || exit 1
      step() { setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; }
    fi
    finish() {
      step "$1/pg_ctl" -D "$2/data" -m immediate -w stop >/dev/null 2>&1
      rm -rf "$2"
    }
    step "$1/initdb" -D "$2/data" -U postgres -A trust -E UTF8 --locale=C --no-sync >"$2/log" 2>&1
    set -- "$1" "$2" "-c listen_addresses= -c unix_socket_directories=$2 -c fsync=$3 -c max_connections=240"
    start() { step "$1/pg_ctl" -D "$2/data" -l "$2/data/log" -o "$3" -w "$4" >>"$2/log" 2>&1; }
    if start "$1" "$2" "$3" start; then echo ready; else cat "$2/log" >&2; finish "$1" "$2"; exit 1; fi
    while read -r line; do
      start "$1" "$2" "$3" restart && echo ready
    done
    finish "$1" "$2"
    """

  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()

  init(binaries: String, folder: URL, fsync: Bool) throws {
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", Self.script, "sh", binaries, folder.path, fsync ? "on" : "off"]
    process.standardInput = input
    process.standardOutput = output
    try process.run()
  }

  func say(_ line: String) throws {
    try input.fileHandleForWriting.write(contentsOf: Data("\(line)\n".utf8))
  }

  /// Waits for the shell's "ready"; the end of its output means that the server did not start.
  func awaitReady() throws {
    let answer = output.fileHandleForReading.availableData
    guard String(decoding: answer, as: UTF8.self).hasPrefix("ready") else {
      throw PrivatePostgres.Failure("the private PostgreSQL did not start; its log is above")
    }
  }

  func stop() {
    guard process.isRunning else { return }
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
  }
}
