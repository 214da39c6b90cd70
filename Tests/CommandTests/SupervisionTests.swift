import Foundation
import Glibc
import Testing

@testable import Command

/// With real processes, small ones.
@Suite struct SupervisionTests {
  private func shell(_ script: String, _ scratch: Scratch, name: String = "child") -> ProcessPlan {
    ProcessPlan(
      name: name, executable: "/bin/sh", arguments: ["-c", script],
      environment: ["PATH": "/usr/bin:/bin", "PLACE": scratch.path], log: scratch.path + "/\(name).log")
  }

  private func text(_ path: String) -> String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }

  @Test func theBackoffGrowsAndBeginsAnew() {
    var backoff = Backoff()
    let pauses = (0..<8).map { _ in backoff.pause(afterRunning: 5) }
    #expect(pauses == [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000])
    #expect(backoff.pause(afterRunning: Backoff.steady) == 100)
    #expect(backoff.pause(afterRunning: 5) == 200)
  }

  @Test func whoEndsByItselfIsStartedAgainWithPauses() async throws {
    let scratch = try Scratch()
    let (events, continuation) = AsyncStream<ServiceChild.Event>.makeStream()
    let child = ServiceChild(shell("echo started; exit 3", scratch)) { continuation.yield($0) }
    child.start()
    var pauses: [Int] = []
    for await event in events {
      guard case .ended(let ending, let pause) = event else { continue }
      #expect(ending == .exited(code: 3))
      pauses.append(pause)
      if pauses.count == 3 { break }
    }
    child.stop()
    await child.ended()
    #expect(pauses == [100, 200, 400])
    // On a busy machine a fourth start may come before the stop.
    #expect(text(scratch.path + "/child.log").hasPrefix("started\nstarted\nstarted\n"))
  }

  @Test func whoIsStoppedIsNotStartedAgain() async throws {
    let scratch = try Scratch()
    let (events, continuation) = AsyncStream<ServiceChild.Event>.makeStream()
    let plan = ProcessPlan(
      name: "sleep", executable: "/bin/sleep", arguments: ["1000"], log: scratch.path + "/log")
    let child = ServiceChild(plan) { event in
      continuation.yield(event)
      if case .stopped = event { continuation.finish() }
    }
    child.start()
    var starts = 0
    for await event in events {
      if case .started(let process) = event {
        starts += 1
        #expect(getpgid(process) == process)
        child.stop()
      }
      if case .ended = event { Issue.record("it was asked to end") }
    }
    await child.ended()
    #expect(starts == 1 && child.process == nil)
  }

  @Test func aProgramThatIsNotThereIsTriedAgain() async throws {
    let scratch = try Scratch()
    let (events, continuation) = AsyncStream<ServiceChild.Event>.makeStream()
    let plan = ProcessPlan(name: "none", executable: scratch.path + "/none", log: scratch.path + "/log")
    let child = ServiceChild(plan) { continuation.yield($0) }
    child.start()
    for await event in events {
      guard case .refused(let reason, let pause) = event else { continue }
      #expect(reason.contains("cannot be started") && pause == Backoff.first)
      break
    }
    child.stop()
    await child.ended()
  }

  @Test func aStubbornProcessIsKilled() async throws {
    let scratch = try Scratch()
    #expect(mkfifo(scratch.path + "/ready", 0o600) == 0)
    let stubborn = shell("trap '' TERM; echo > \"$PLACE/ready\"; exec sleep 1000", scratch, name: "stubborn")
    let supervisor = Supervisor([stubborn, shell("exec sleep 1000", scratch, name: "mild")]) { _ in }
    supervisor.start()
    let path = scratch.path + "/ready"
    // Opening a pipe waits until the other side opens it, which it does when it no longer listens to signals.
    await withCheckedContinuation { opened in
      Thread.detachNewThread {
        try? FileHandle(forReadingAtPath: path)?.close()
        opened.resume()
      }
    }
    let begin = Monotonic.milliseconds()
    await supervisor.stop(within: .milliseconds(200))
    let took = Monotonic.milliseconds() - begin
    #expect(supervisor.children.allSatisfy { $0.process == nil })
    #expect(took >= 150, "it ended after \(took) ms though it does not listen")
  }

  @Test func theDoorIsClosedFirstAndThenAgainstTheStream() {
    #expect(
      Supervisor.stopOrder(["gateway", "ingestion", "scoring", "missions", "badging"])
        == ["gateway", "badging", "missions", "scoring", "ingestion"])
    #expect(Supervisor.stopOrder([Int]()) == [])
  }

  @Test func whoDoesNotStartIsAFaultWithItsLastWords() async throws {
    let scratch = try Scratch()
    let earlier = try scratch.file("gateway.log", "an earlier run\n")
    let plan = shell("echo port 8080 is taken >&2; exit 1", scratch, name: "gateway")
    #expect(plan.log == earlier)
    let supervisor = Supervisor([plan]) { _ in }
    supervisor.start()
    do {
      try await supervisor.ready(run: scratch.path)
      Issue.record("nothing is ready")
    } catch {
      #expect("\(error)".contains("gateway did not start (exit code 1)"))
      #expect("\(error)".contains("port 8080 is taken"))
      #expect(!"\(error)".contains("earlier"))
    }
    await supervisor.stop()
  }

  @Test func endingsAreRead() {
    #expect(Ending(status: 0) == .exited(code: 0))
    #expect(Ending(status: 3 << 8) == .exited(code: 3))
    #expect(Ending(status: SIGKILL) == .killed(signal: SIGKILL))
  }
}
