import Foundation
import Messaging
import Wire

/// Where a replica listens: for requests, for its bell, for health.
public enum Endpoints {
  /// The longest host name that is asked for, in bytes.
  private static let hostBytesMax = 64

  /// The name of a replica whom nobody has named: `scoring-HOST`, the same after a restart.
  public static func instance(service: String) -> String {
    let host = ProcessInfo.processInfo.hostName.split(separator: ".").first.map(String.init) ?? "local"
    return service + "-" + LogLine.cut(host, to: hostBytesMax)
  }

  /// The URLs that LAUREL_LISTEN means: `ipc` is sockets in the run folder named after the instance,
  /// `tcp://HOST:PORT` is that port for requests and the next two for bell and health.
  ///
  /// A service with one replica, such as the gateway, may pass its own name as `instance`.
  public static func urls(listen: String, run: String, instance: String) throws(WireError) -> Replica.URLs {
    if listen == "ipc" {
      let path = absolute(run) + "/" + instance
      return .init(rpc: "ipc://\(path).rpc", bell: "ipc://\(path).bell", health: "ipc://\(path).health")
    }
    guard listen.hasPrefix("tcp://"), let colon = listen.lastIndex(of: ":"),
      let port = UInt16(listen[listen.index(after: colon)...]), (1...65_533).contains(port),
      listen[..<colon].count > "tcp://".count
    else { throw .invalid("\(listen) is neither ipc nor tcp://HOST:PORT") }
    let host = listen[..<colon]
    return .init(rpc: "\(host):\(port)", bell: "\(host):\(port + 1)", health: "\(host):\(port + 2)")
  }

  /// Other processes may have another current folder.
  private static func absolute(_ path: String) -> String {
    URL(fileURLWithPath: path).standardizedFileURL.path
  }
}
