import Foundation
import Glibc
import Hosting
import Wire

/// The folder of one installation and the places in it.
struct HomeFolder: Sendable {
  /// Without a trailing slash, from the root.
  let path: String
  /// The folder of the sockets.
  let run: String

  var logs: String { path + "/logs" }
  var lock: String { path + "/up.lock" }
  var adminKey: String { path + "/admin.key" }

  /// `run` is elsewhere when LAUREL_RUN says so.
  init(_ path: String, run: String? = nil) {
    self.path = Self.absolute(path)
    self.run = run.map(Self.absolute) ?? self.path + "/run"
  }

  /// The demonstration's own installation inside of this one.
  var demo: HomeFolder { HomeFolder(path + "/demo", run: run == path + "/run" ? nil : run + "/demo") }

  private static func absolute(_ path: String) -> String {
    URL(fileURLWithPath: path).standardizedFileURL.path
  }

  /// Makes the folders that are missing and checks that they can be used.
  func prepare() throws {
    for folder in [path, logs, run] {
      do {
        try FileManager.default.createDirectory(
          atPath: folder, withIntermediateDirectories: true,
          attributes: folder == path ? nil : [.posixPermissions: 0o700])
      } catch {
        throw Fault("\(folder) cannot be made", advice: "name a folder that you may write with --home")
      }
      guard access(folder, W_OK | X_OK) == 0 else {
        throw Fault("\(folder) is not writable", advice: "change its owner, or name another with --home")
      }
    }
    try checkSocketPaths()
  }

  /// The kernel allows a socket's path few bytes.
  private func checkSocketPaths() throws {
    let longest = run + "/" + Endpoints.instance(service: "ingestion") + ".health"
    guard longest.utf8.count <= Limits.socketPathBytesMax else {
      throw Fault(
        "the sockets in \(run) would have paths over \(Limits.socketPathBytesMax) bytes",
        advice: "choose a shorter --home, or set LAUREL_RUN to a short folder")
    }
  }

  /// Removes all that is in it but the lock, which is held.
  func empty() throws {
    let files = FileManager.default
    for name in (try? files.contentsOfDirectory(atPath: path)) ?? [] where path + "/" + name != lock {
      do {
        try files.removeItem(atPath: path + "/" + name)
      } catch {
        throw Fault("\(path)/\(name) cannot be removed", advice: "remove it by hand")
      }
    }
    try prepare()
  }
}
