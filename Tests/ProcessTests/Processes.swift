import Contracts
import Foundation
import Glibc
import Hosting
import Messaging
import Support
import Synchronization
import Testing
import Wire

/// The real executables on one home, started and killed for real.
final class Processes: Sendable {
  struct Plan: Sendable {
    let name: String
    let executable: String
    let environment: [String: String]
  }

  let folder: ScratchFolder
  let port: Int
  let directory = Directory(name: "test")
  private let plans: [Plan]
  private let running = Mutex<[String: Process]>([:])
  private let tasks = Mutex<[Task<Void, Never>]>([])

  /// The folder of the executables, which is that of the tests.
  static let products: String = {
    let path = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    let own = URL(fileURLWithPath: path).deletingLastPathComponent().path
    let asked = CommandLine.arguments.first { $0.hasSuffix(".xctest") }.map { URL(fileURLWithPath: $0) }
    for folder in [asked?.deletingLastPathComponent().path, own].compactMap({ $0 })
    where FileManager.default.isExecutableFile(atPath: folder + "/laurel-gateway") { return folder }
    return URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../.build/debug")
      .standardizedFileURL.path
  }()

  var home: String { folder.path }
  var gatewayURL: String { "ipc://\(home)/run/gateway.rpc" }

  /// `scoring` names the replicas of Scoring; more than one needs PostgreSQL, given in `more`.
  init(
    scoring: [String] = ["scoring"], more: [ServiceName: [String: String]] = [:],
    common: [String: String] = [:]
  )
    throws
  {
    folder = try ScratchFolder()
    port = Self.freePort()
    let names = ServiceName.allCases.flatMap { service in
      service == .scoring ? scoring.map { ($0, service) } : [(service.rawValue, service)]
    }
    plans = names.map { [home = folder.path, port] name, service in
      var environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("LAUREL_") }
      environment["LAUREL_HOME"] = home
      environment["LAUREL_RUN"] = home + "/run"
      environment["LAUREL_HTTP"] = "127.0.0.1:\(port)"
      environment["LAUREL_INSTANCE"] = name
      environment["LAUREL_PARTITIONS"] = "8"
      environment.merge(common) { $1 }
      environment.merge(more[service] ?? [:]) { $1 }
      return Plan(
        name: name, executable: "\(Self.products)/laurel-\(service.rawValue)", environment: environment)
    }
  }

  var names: [String] { plans.map(\.name) }

  /// A port that nobody listens on now.
  static func freePort() -> Int {
    let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(handle) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    // The pointers live for the calls only, and point to a whole sockaddr_in.
    withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
        _ = bind(handle, raw, length)
        _ = getsockname(handle, raw, &length)
      }
    }
    return Int(UInt16(bigEndian: address.sin_port))
  }

  func startAll() async throws {
    for plan in plans { try start(plan.name) }
    try await ready()
    let task = Task { [weak self] in
      while !Task.isCancelled {
        await self?.refresh()
        try? await Task.sleep(for: .milliseconds(100))
      }
    }
    tasks.withLock { $0.append(task) }
    await refresh()
  }

  func start(_ name: String) throws {
    guard let plan = plans.first(where: { $0.name == name }) else { return }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: plan.executable)
    process.environment = plan.environment
    let log = home + "/\(name).log"
    if !FileManager.default.fileExists(atPath: log) {
      _ = FileManager.default.createFile(atPath: log, contents: nil)
    }
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
    try handle.seekToEnd()
    process.standardError = handle
    process.standardOutput = handle
    try process.run()
    running.withLock { $0[name] = process }
  }

  /// SIGKILL, and the same process again.
  func killAndStart(_ name: String) throws {
    signal(name, SIGKILL)
    running.withLock { $0[name] }?.waitUntilExit()
    try start(name)
  }

  func signal(_ name: String, _ number: Int32) {
    if let process = running.withLock({ $0[name] }) { _ = kill(process.processIdentifier, number) }
  }

  private func refresh() async {
    guard let caller = try? Caller(url: gatewayURL, name: "test") else { return }
    _ = await caller.waitConnected(timeoutMilliseconds: 500)
    if let reply = try? await caller.call("registry/list", timeoutMilliseconds: 1_000),
      let members = try? Announcement.members(reply.first ?? [])
    {
      directory.update(members)
    }
    await caller.close()
  }

  /// Waits until the gateway says that every partition of every service has an owner.
  func ready(seconds: Int = 60) async throws {
    for _ in 0..<seconds * 10 {
      if let (status, _) = try? await HTTP.get("http://127.0.0.1:\(port)/health/ready"), status == 200 {
        return
      }
      try await Task.sleep(for: .milliseconds(100))
    }
    Issue.record("not ready after \(seconds) s: \(logs())")
  }

  func logs() -> String {
    names.map { name in
      let text = (try? String(contentsOfFile: home + "/\(name).log", encoding: .utf8)) ?? ""
      return "\(name): " + text.split(separator: "\n").suffix(3).joined(separator: " | ")
    }.joined(separator: "\n")
  }

  /// Runs `laurel` with arguments; gives its exit code and what it printed.
  func laurel(_ arguments: String...) async throws -> (code: Int32, output: String) {
    try await Self.run("laurel", arguments, environment: ["LAUREL_HOME": home])
  }

  /// Runs an executable to its end.
  static func run(
    _ name: String, _ arguments: [String], environment: [String: String]
  ) async throws -> (code: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "\(products)/\(name)")
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let file = "/tmp/laurel-out-\(UUID().uuidString)"
    _ = FileManager.default.createFile(atPath: file, contents: nil)
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: file))
    process.standardOutput = handle
    process.standardError = handle
    let code = try await withCheckedThrowingContinuation { (done: CheckedContinuation<Int32, any Error>) in
      process.terminationHandler = { done.resume(returning: $0.terminationStatus) }
      do { try process.run() } catch { done.resume(throwing: error) }
    }
    let output = try String(contentsOfFile: file, encoding: .utf8)
    try? FileManager.default.removeItem(atPath: file)
    return (code, output)
  }

  /// SIGTERM to all; gives the exit codes.
  func stopAll() async -> [String: Int32] {
    for task in tasks.withLock({ $0 }) { task.cancel() }
    let all = running.withLock { $0 }
    for process in all.values { process.terminate() }
    var codes: [String: Int32] = [:]
    for (name, process) in all {
      for _ in 0..<150 where process.isRunning { try? await Task.sleep(for: .milliseconds(100)) }
      if process.isRunning { _ = kill(process.processIdentifier, SIGKILL) }
      process.waitUntilExit()
      codes[name] = process.terminationStatus
    }
    await directory.close()
    return codes
  }
}
