import Contracts
import Foundation
import Glibc

/// How the five services of an installation are started.
struct ServicePlans: Sendable {
  var home: HomeFolder
  /// The gateway's port on this machine; nil: as the environment or the gateway's default says.
  var port: Int?
  /// Time moves only when it is told to.
  var isStepped = false
  /// SQLite files in the home, whatever the environment says.
  var isEmbedded = false
  /// Settings beside those of the environment.
  var more: [String: String] = [:]

  /// What would make all services the same replica, or is said here.
  private static let own = ["LAUREL_INSTANCE", "LAUREL_LISTEN", "LAUREL_HTTP", "LAUREL_HOME", "LAUREL_RUN"]

  /// In the order of their start; the executables stand beside this one, or in `folder`.
  func plans(environment: [String: String], folder: String? = nil) throws -> [ProcessPlan] {
    let own = Self.ownExecutable
    let folder = folder ?? URL(fileURLWithPath: own).deletingLastPathComponent().path
    return try ServiceName.allCases.map { service in
      let executable = "\(folder)/laurel-\(service.rawValue)"
      guard access(executable, X_OK) == 0 else {
        throw Fault("\(executable) is not there", advice: "build it with `swift build`")
      }
      return ProcessPlan(
        name: "laurel-\(service.rawValue)", executable: own,
        arguments: ["hold", "--parent", String(getpid()), executable],
        environment: settings(of: service, environment), log: "\(home.logs)/\(service.rawValue).log")
    }
  }

  private func settings(of service: ServiceName, _ environment: [String: String]) -> [String: String] {
    var settings = environment
    let http = environment["LAUREL_HTTP"]
    for name in Self.own { settings[name] = nil }
    if let stores = settings.removeValue(forKey: "LAUREL_STORES") {
      settings["LAUREL_DATABASE"] = stores.replacingOccurrences(of: StoreSet.sign, with: service.rawValue)
    }
    if isEmbedded { settings["LAUREL_DATABASE"] = nil }
    settings["LAUREL_HOME"] = home.path
    settings["LAUREL_RUN"] = home.run
    settings["LAUREL_CLOCK"] = isStepped ? "stepped" : environment["LAUREL_CLOCK"] ?? "system"
    for (name, value) in more { settings[name] = value }
    if service == .gateway {
      settings["LAUREL_HTTP"] = port.map { "127.0.0.1:\($0)" } ?? http
    }
    return settings
  }

  /// Where the gateway listens for HTTP when it has started.
  func address(environment: [String: String]) -> String {
    port.map { "127.0.0.1:\($0)" } ?? environment["LAUREL_HTTP"] ?? "127.0.0.1:8080"
  }

  /// The path of this program.
  static var ownExecutable: String {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
  }
}
