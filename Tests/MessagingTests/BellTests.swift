import Messaging
import Synchronization
import Testing
import Wire

extension Sockets {
  struct BellTests {
    /// Collects what a subscriber hears and lets a test wait for a publication.
    final class Ear: Sendable {
      private struct State: Sendable {
        var heard: [String] = []
        var waiting: [(String, CheckedContinuation<Void, Never>)] = []
      }
      private let state = Mutex(State())

      var heard: [String] { state.withLock { $0.heard } }

      func hear(_ topic: String, _ frames: Frames) {
        let text = "\(topic) \(String(decoding: frames.first ?? [], as: UTF8.self))"
        let ready = state.withLock { state in
          state.heard.append(text)
          defer { state.waiting.removeAll { $0.0 == text } }
          return state.waiting.filter { $0.0 == text }
        }
        for (_, continuation) in ready { continuation.resume() }
      }

      func wait(for text: String) async {
        await withCheckedContinuation { continuation in
          let there = state.withLock { state in
            if state.heard.contains(text) { return true }
            state.waiting.append((text, continuation))
            return false
          }
          if there { continuation.resume() }
        }
      }
    }

    private func text(_ text: String) -> Frames { Frames([Array(text.utf8)]) }

    /// Publishes until the first one is heard: a bell tells nobody whether somebody listens.
    private func ring(_ publisher: Publisher, _ topic: String, _ ear: Ear) async throws {
      while !ear.heard.contains("\(topic) hello") {
        try publisher.publish(topic: topic, text("hello"))
        await Task.yield()
      }
    }

    @Test func wholeTopicsOnly() async throws {
      let scratch = try Scratch()
      let publisher = try Publisher(urls: [scratch.ipc("b")])
      let subscriber = try Subscriber(topics: ["journal/a", "members"])
      let ear = Ear()
      subscriber.publications { ear.hear($0, $1) }
      try subscriber.dial(scratch.ipc("b"))
      try await ring(publisher, "journal/a", ear)
      for topic in ["journal/ab", "journal/", "journal", "member", "members2", ""] {
        try publisher.publish(topic: topic, text("no"))
      }
      var broken = Frames()
      broken.append(framed: [9, 9], count: 1)
      try publisher.publish(topic: "members", broken)
      try publisher.publish(topic: "members", text("yes"))
      await ear.wait(for: "members yes")
      #expect(Set(ear.heard) == ["journal/a hello", "members yes"])
      #expect(subscriber.undecodable == 1)
      #expect(await failure { try publisher.publish(topic: "a\0b", Frames()) }?.status == .invalidArgument)
      await subscriber.close()
      publisher.close()
      #expect(await failure { try publisher.publish(topic: "a", Frames()) }?.status == .unavailable)
      #expect(!scratch.exists("b"))
    }

    @Test func severalPublishersAndOneDropped() async throws {
      let scratch = try Scratch()
      let first = try Publisher(urls: [scratch.ipc("1"), "inproc://\(scratch.path)"])
      let second = try Publisher(urls: [scratch.ipc("2")])
      let subscriber = try Subscriber(topics: ["one", "two"])
      let ear = Ear()
      subscriber.publications { ear.hear($0, $1) }
      try subscriber.dial("inproc://\(scratch.path)")
      try subscriber.dial(scratch.ipc("2"))
      try subscriber.dial(scratch.ipc("2"))
      try await ring(first, "one", ear)
      try await ring(second, "two", ear)
      subscriber.drop("inproc://\(scratch.path)")
      for _ in 0..<10 { try first.publish(topic: "one", text("dropped")) }
      try second.publish(topic: "two", text("last"))
      await ear.wait(for: "two last")
      #expect(!ear.heard.contains("one dropped"))
      #expect(ear.heard.filter { $0 == "two last" }.count == 1)
      await subscriber.close()
      await subscriber.close()
      #expect(await failure { try subscriber.dial(scratch.ipc("1")) }?.status == .unavailable)
      first.close()
      second.close()
    }

    @Test func closingAgainAndAgain() async throws {
      let scratch = try Scratch()
      for round in 0..<30 {
        let publisher = try Publisher(urls: [scratch.ipc("b")])
        let subscriber = try Subscriber(topics: ["t"])
        let ear = Ear()
        subscriber.publications { ear.hear($0, $1) }
        try subscriber.dial(scratch.ipc("b"))
        let ringing = Task {
          while !Task.isCancelled, (try? publisher.publish(topic: "t", text("hello"))) != nil {
            await Task.yield()
          }
        }
        await ear.wait(for: "t hello")
        // A subscriber that closes in the middle of a storm may meet nng's own fault (see `Closing`).
        if round % 2 == 0 {
          ringing.cancel()
          await ringing.value
          await subscriber.close()
        }
        publisher.close()
        await ringing.value
        await subscriber.close()
      }
    }

    @Test func oneThatNeverListened() async throws {
      let subscriber = try Subscriber(topics: ["t"])
      await subscriber.close()
      #expect(subscriber.undecodable == 0)
    }
  }
}
