import Messaging
import Wire

/// What `--health` does: asks a running instance whether it is well.
public enum HealthProbe {
  /// The whole probe takes at most this long, in milliseconds.
  public static let timeoutMilliseconds = 2000
  /// The method's name; its answer is an object whose `status` is `ok` when all is well.
  public static let method = "health/check"

  /// Dials the health URL and gives what to print and the exit code: 0 for well, 1 for anything else.
  public static func run(url: String) async -> (code: Int32, output: String) {
    do {
      let caller = try Caller(url: url, name: "health")
      let result = await ask(caller)
      await caller.close()
      return result
    } catch {
      return failed(error)
    }
  }

  private static func ask(_ caller: Caller) async -> (code: Int32, output: String) {
    let begin = ServiceClock.machineMilliseconds()
    guard await caller.waitConnected(timeoutMilliseconds: timeoutMilliseconds / 2) else {
      return failed(.unavailable("nobody listens at \(caller.url)"))
    }
    let rest = timeoutMilliseconds - Int(ServiceClock.machineMilliseconds() - begin)
    do {
      let reply = try await caller.call(method, timeoutMilliseconds: rest)
      let text = reply.first ?? []
      return (isWell(text) ? 0 : 1, String(decoding: text, as: UTF8.self))
    } catch {
      return failed(error)
    }
  }

  /// Whether an answer's `status` is `ok`.
  static func isWell(_ text: ArraySlice<UInt8>) -> Bool {
    var scanner = JSONScanner(text)
    do throws(JSONError) {
      try scanner.beginObject()
      while let key = try scanner.nextKey() {
        if "status" ~= key { return try scanner.string() == "ok" }
        try scanner.skip()
      }
      return false
    } catch {
      return false
    }
  }

  private static func failed(_ error: WireError) -> (code: Int32, output: String) {
    let text = JSONWriter.object { writer in
      writer.member("status", error.status.rawValue)
      writer.member("message", error.message)
    }
    return (1, String(decoding: text, as: UTF8.self))
  }
}
