import Messaging
import Testing
import Wire

extension Sockets {
  /// Closing under load, again and again: nng aborts the process when an aio is misused.
  struct StopTests {
    @Test(arguments: ["ipc", "inproc"]) func twoHundredTimesUnderLoad(transport: String) async throws {
      let scratch = try Scratch()
      for round in 0..<200 {
        let url = transport == "ipc" ? scratch.ipc("s") : "inproc://\(scratch.path)/\(round)"
        let server = Server(urls: [url], routes: [echo(), Route("test/pool") { $0.payloads }], parallel: 8)
        try server.start()
        let caller = try Caller(url: url, name: "test", inFlightMax: 6)
        #expect(await caller.waitConnected(timeoutMilliseconds: 30_000))
        let answered = Counter()
        let load = (0..<8).map { lane in
          let work: @Sendable () async -> Status? = {
            while true {
              let method = lane % 2 == 0 ? "test/echo" : "test/pool"
              let frames = Frames([[UInt8](repeating: UInt8(lane), count: 1 << (lane * 2))])
              let error = await failure {
                _ = try await caller.call(method, frames, timeoutMilliseconds: 30_000)
              }
              // An end is counted too: a call without an answer is a finding, not a standstill.
              if let error {
                await answered.step()
                return error.status
              }
              await answered.step()
            }
          }
          return lane < 4
            ? Task(executorPreference: CallbackExecutor.shared) { await work() } : Task { await work() }
        }
        await answered.reached(8)
        if round % 3 == 2 { load[round % 8].cancel() }
        if round % 2 == 0 {
          await caller.close()
          await server.close()
        } else {
          await server.close()
          await caller.close()
        }
        for task in load {
          let status = await task.value
          #expect(status == .unavailable || status == .cancelled)
        }
      }
    }
  }
}
