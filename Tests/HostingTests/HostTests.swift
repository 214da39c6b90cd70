import Foundation
import Logging
import Synchronization
import Testing

@testable import Hosting

/// What happened, in order, with somebody waiting for a certain entry.
private final class Diary: Sendable {
  private let entries = Mutex<[String]>([])
  func write(_ text: String) { entries.withLock { $0.append(text) } }
  var all: [String] { entries.withLock(\.self) }

  func part(_ name: String, then: @escaping @Sendable () async throws -> Void = {}) -> Part {
    Part(
      name,
      start: {
        self.write("+\(name)")
        try await then()
      },
      stop: { self.write("-\(name)") })
  }
}

private struct Broken: Error, CustomStringConvertible { let description = "no\nluck" }

@Suite struct HostTests {
  private func quiet() -> Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }

  @Test func startsInOrderAndStopsInReverse() async {
    let diary = Diary()
    let host = Host(logger: quiet())
    let last = diary.part("c") { host.stop("done", code: 0) }
    let code = await host.run([diary.part("a"), diary.part("b"), last])
    #expect(code == 0)
    // A stop that comes while starting may count the last part as up or not; those before it are.
    #expect(diary.all.prefix(3) == ["+a", "+b", "+c"])
    #expect(diary.all.suffix(2) == ["-b", "-a"])
  }

  @Test func aFailingStartStopsTheStartedOnesAndSaysWhyInOneLine() async throws {
    let diary = Diary()
    let pipe = Pipe()
    let output = LogOutput(descriptor: pipe.fileHandleForWriting.fileDescriptor)
    let logger = Logger(label: "test") { _ in
      LineHandler(service: "s", instance: "s-1", format: .text, logLevel: .critical, output: output)
    }
    let code = await Host(logger: logger).run([
      diary.part("a"), diary.part("b") { throw Broken() }, diary.part("c"),
    ])
    #expect(code == 1)
    #expect(diary.all == ["+a", "+b", "-a"])
    try pipe.fileHandleForWriting.close()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    #expect(text.hasSuffix(" CRITICAL s-1: b did not start: no; luck\n"))
    #expect(text.filter { $0 == "\n" }.count == 1)
  }

  @Test func aStartWithoutEndIsGivenUp() async {
    let diary = Diary()
    let stuck = Part("stuck", startLimit: .milliseconds(20)) { await Diary.forever() }
    let code = await Host(logger: quiet()).run([diary.part("a"), stuck])
    #expect(code == 1)
    #expect(diary.all == ["+a", "-a"])
  }

  @Test func aStopWithoutEndDoesNotKeepTheOthersUp() async {
    let diary = Diary()
    let host = Host(logger: quiet())
    let stuck = Part("stuck", stopLimit: .milliseconds(20)) {
    } stop: {
      await Diary.forever()
    }
    let trigger = Part("trigger") {
      host.stop("done", code: 3)
    } stop: {
      diary.write("-trigger")
    }
    let code = await host.run([diary.part("a"), stuck, trigger])
    #expect(code == 3)
    #expect(diary.all.last == "-a")
  }

  @Test func aStopWhileStartingCancelsTheStart() async {
    let diary = Diary()
    let host = Host(logger: quiet())
    let slow = diary.part("slow") {
      host.stop("SIGTERM", code: 0)
      try await Task.sleep(for: .seconds(600))
    }
    #expect(await host.run([diary.part("a"), slow, diary.part("never")]) == 0)
    #expect(diary.all == ["+a", "+slow", "-a"])
  }

  @Test func theFirstReasonGivesTheCode() async {
    let host = Host(logger: quiet())
    host.stop("data_loss", code: 4)
    host.stop("later", code: 0)
    #expect(await host.run([]) == 4)
  }

  @Test func aTerminatedProcessStopsItsPartsAndEndsWithZero() async {
    let result = await #expect(processExitsWith: .exitCode(0), observing: [\.standardOutputContent]) {
      let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
      let part = Part("a") {
        kill(getpid(), SIGTERM)
      } stop: {
        FileHandle.standardOutput.write(Data("stopped a".utf8))
      }
      let code = await Host(logger: logger).run([Part("before", stop: part.stop), part])
      exit(code)
    }
    let output = String(decoding: result?.standardOutputContent ?? [], as: UTF8.self)
    #expect(output.contains("stopped a"))
  }

  @Test func aSecondSignalEndsTheProcessAtOnce() async {
    await #expect(processExitsWith: .exitCode(130)) {
      let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
      let part = Part("a", stopLimit: .seconds(60)) {
      } stop: {
        kill(getpid(), SIGINT)
        await Diary.forever()
      }
      let trigger = Part("trigger") { kill(getpid(), SIGINT) }
      exit(await Host(logger: logger).run([part, trigger]))
    }
  }

  @Test func aClosedPipeIsNoEndOfTheProcess() async {
    await #expect(processExitsWith: .exitCode(5)) {
      let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
      let host = Host(logger: logger)
      let part = Part("a") {
        var ends: [Int32] = [0, 0]
        pipe(&ends)
        close(ends[0])
        let written = write(ends[1], "x", 1)
        host.stop("written", code: written == -1 && errno == EPIPE ? 5 : 6)
      }
      exit(await host.run([part]))
    }
  }
}

extension Diary {
  /// Never returns, also not when it is cancelled.
  fileprivate static func forever() async {
    await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
  }
}
