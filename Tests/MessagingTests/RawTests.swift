import Messaging
import Testing
import Wire

extension Sockets {
  /// What a server says to peers that do not keep to the wire.
  struct RawTests {
    private let head = Array(#"{"method":"test/echo","id":"i","deadline":9000000000000000}"#.utf8)

    private func withPeer(_ body: (RawPeer) throws -> Void) throws {
      let scratch = try Scratch()
      let server = Server(urls: [scratch.ipc("s")], routes: [echo()])
      try server.start()
      defer { server.stop() }
      try body(try RawPeer(path: "\(scratch.path)/s"))
    }

    @Test func aPeerWithoutNngIsAnswered() throws {
      try withPeer { peer in
        let payloads = Frames([[1, 2, 3], []])
        let reply = try Frames(decoding: try peer.ask(Frames([head]).bytes + payloads.bytes))
        #expect(reply == Frames([Array(#"{"id":"i","status":"ok"}"#.utf8), [1, 2, 3], []]))
      }
    }

    @Test func brokenFrames() throws {
      let whole = Frames([head]).bytes
      let cases: [(body: [UInt8], status: Status)] = [
        ([], .invalidArgument), ([0], .invalidArgument), ([0, 0, 0, 0, 9, 1], .invalidArgument),
        ([1, 0, 0, 0, 0], .unimplemented), ([0, 0xFF, 0xFF, 0xFF, 0xFF], .resourceExhausted),
        ([0, 0, 0x80, 0, 1], .resourceExhausted), (Frames([Array("{".utf8)]).bytes, .invalidArgument),
        (Frames([[0xFF, 0xFE]]).bytes, .invalidArgument), (whole + [0, 0, 0, 0, 2, 7], .invalidArgument),
        (whole + [9, 0, 0, 0, 0], .unimplemented), (whole, .ok),
      ]
      try withPeer { peer in
        for (body, expected) in cases {
          let status = try peer.status(body)
          #expect(status == expected, "\(body)")
        }
      }
    }

    @Test func idsComeBackAlsoFromRefusals() throws {
      try withPeer { peer in
        let late = Array(#"{"method":"test/echo","id":"late","deadline":1}"#.utf8)
        let reply = try Frames(decoding: try peer.ask(Frames([late]).bytes))
        let read = try ReplyHead.decode(reply.first ?? [])
        #expect(read.id == "late")
        #expect(read.status == .deadlineExceeded)
      }
    }

    @Test func aMessageOverTheLimitEndsTheConnection() throws {
      try withPeer { peer in
        let before = try peer.status(Frames([head]).bytes)
        #expect(before == .ok)
        let hungUp = try peer.isHungUpOn(announcing: UInt64(Limits.messageBytesMax) * 2)
        #expect(hungUp)
      }
    }

    @Test func randomBodiesAlwaysGetAReply() throws {
      let seed = UInt64.random(in: 0 ... .max)
      print("random bodies: seed \(seed)")
      var state = seed
      func next() -> UInt8 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(truncatingIfNeeded: state >> 33)
      }
      try withPeer { peer in
        for _ in 0..<300 {
          var body = Frames([head]).bytes
          for _ in 0..<Int(next() % 4) { body[Int(next()) % body.count] = next() & (next() | 3) }
          body += (0..<Int(next() % 12)).map { _ in next() & 3 }
          let status = try peer.status(body)
          #expect(Status.known.contains(status), "seed \(seed)")
        }
      }
    }
  }
}
