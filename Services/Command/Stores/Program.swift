import Crypto
import Foundation
import Glibc

/// A program of PostgreSQL's, run to its end.
enum Program {
  /// Where Debian keeps them, newest first, and then the usual places.
  private static func find(_ name: String) throws -> String {
    let root = "/usr/lib/postgresql"
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    let folders =
      versions.sorted { (Int($0) ?? 0) > (Int($1) ?? 0) }.map { "\(root)/\($0)/bin" }
      + path.split(separator: ":").map(String.init)
    guard let folder = folders.first(where: { access("\($0)/\(name)", X_OK) == 0 }) else {
      throw Fault("\(name) is not installed", advice: "install postgresql-client of the server's release")
    }
    return "\(folder)/\(name)"
  }

  /// Runs it; a failure says what it said last. Passwords belong into `environment`, never into `words`.
  static func run(_ name: String, _ words: [String], environment: [String: String]) throws {
    let log = FileManager.default.temporaryDirectory.appending(path: "laurel-\(UUID().uuidString).log").path
    defer { unlink(log) }
    var all = ProcessInfo.processInfo.environment
    for name in all.keys where name.hasPrefix("PG") { all[name] = nil }
    all.merge(environment) { _, new in new }
    let process = try Spawn.start(
      ProcessPlan(name: name, executable: try find(name), arguments: words, environment: all, log: log))
    var status: Int32 = 0
    while waitpid(process, &status, 0) == -1, errno == EINTR {}
    let ending = Ending(status: status)
    guard ending == .exited(code: 0) else {
      let said = FileManager.default.contents(atPath: log).map { String(decoding: $0, as: UTF8.self) } ?? ""
      let lines = said.split(whereSeparator: \.isNewline).suffix(3).joined(separator: " | ")
      throw Fault("\(name) failed (\(ending)): \(lines.isEmpty ? "it said nothing" : lines)")
    }
  }
}

/// SHA-256 of a file, in hexadecimal.
enum FileDigest {
  private static let pieceBytes = 4 << 20

  static func of(_ path: String) throws -> (digest: String, bytes: Int64) {
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw Fault("\(path) cannot be read", advice: "the backup is not whole; take another one")
    }
    defer { try? file.close() }
    var hash = SHA256()
    var bytes: Int64 = 0
    while let piece = try file.read(upToCount: pieceBytes), !piece.isEmpty {
      hash.update(data: piece)
      bytes += Int64(piece.count)
    }
    return (hash.finalize().map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined(), bytes)
  }
}
