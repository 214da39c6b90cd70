import Testing

@testable import Wire

/// Random numbers from a printed seed, so that a failure can be had again.
struct Dice: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    // SplitMix64 (Steele, Lea, Flood 2014).
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A new seed, printed.
  static func fresh(_ test: String) -> Dice {
    let seed = UInt64.random(in: 0 ... .max)
    print("\(test): seed \(seed)")
    return Dice(state: seed)
  }

  mutating func bytes(_ range: ClosedRange<Int>) -> [UInt8] {
    (0..<Int.random(in: range, using: &self)).map { _ in UInt8.random(in: 0 ... .max, using: &self) }
  }
}

func statusOf(_ body: () throws -> Void) -> Status? {
  do { try body() } catch { return (error as? WireError)?.status }
  return .ok
}

struct FramesTests {
  @Test func wireFormIsAsDocumented() {
    let frames = Frames([Array("{}".utf8), []])
    #expect(frames.bytes == [0, 0, 0, 0, 2, 0x7B, 0x7D, 0, 0, 0, 0, 0])
    #expect(frames.count == 2)
    #expect(frames.array().map(Array.init) == [Array("{}".utf8), []])
  }

  @Test func lengthIsBigEndian() {
    let frames = Frames([[UInt8](repeating: 1, count: 0x010203)])
    #expect(Array(frames.bytes.prefix(5)) == [0, 0, 1, 2, 3])
  }

  @Test func roundTrip() throws {
    var random = Dice.fresh("frames round trip")
    for _ in 0..<200 {
      let payloads = (0..<Int.random(in: 0...20, using: &random)).map { _ in random.bytes(0...300) }
      let frames = try Frames(decoding: Frames(payloads).bytes)
      #expect(frames.array().map(Array.init) == payloads)
      #expect(frames == Frames(payloads))
      #expect(frames.first.map(Array.init) == payloads.first)
    }
  }

  @Test func everyTruncationIsRefused() throws {
    let frames = Frames([Array("abc".utf8), Array("de".utf8)])
    // Cut between two frames it is whole again: that is where 0 and 8 are.
    for size in 1..<frames.bytes.count where size != 8 {
      #expect(statusOf { _ = try Frames(decoding: Array(frames.bytes.prefix(size))) } == .invalidArgument)
    }
    #expect(try Frames(decoding: Array(frames.bytes.prefix(8))).count == 1)
    #expect(try Frames(decoding: []).isEmpty)
  }

  @Test func tooMuchIsRefused() {
    let frames = Frames([Array("abc".utf8)])
    #expect(statusOf { _ = try Frames(decoding: frames.bytes + [0]) } == .invalidArgument)
  }

  @Test(arguments: [UInt8(1), 2, 128, 255]) func unknownFlag(flag: UInt8) {
    #expect(statusOf { _ = try Frames(decoding: [flag, 0, 0, 0, 0]) } == .unimplemented)
  }

  @Test func lengthOverTheLimitIsRefusedBeforeItIsLookedFor() {
    #expect(statusOf { _ = try Frames(decoding: [0, 0xFF, 0xFF, 0xFF, 0xFF]) } == .resourceExhausted)
    #expect(statusOf { _ = try Frames(decoding: [0, 0, 0x80, 0, 0]) } == .invalidArgument)
    #expect(statusOf { _ = try Frames(decoding: [0, 0, 0x80, 0, 1]) } == .resourceExhausted)
  }

  @Test func countOfFramesIsLimited() throws {
    let most = [UInt8](repeating: 0, count: Limits.framesMax * Limits.framePrefixBytes)
    #expect(try Frames(decoding: most).count == Limits.framesMax)
    #expect(statusOf { _ = try Frames(decoding: most + [0, 0, 0, 0, 0]) } == .resourceExhausted)
  }

  @Test func randomBytesNeverTrap() {
    var random = Dice.fresh("frames from random bytes")
    for _ in 0..<5_000 {
      var bytes = random.bytes(0...40)
      // Most random bytes fail at once; small flags and lengths come further.
      for place in bytes.indices where Bool.random(using: &random) { bytes[place] = bytes[place] & 3 }
      guard let frames = try? Frames(decoding: bytes) else { continue }
      #expect(frames.array().count == frames.count)
      #expect(frames.reduce(0) { $0 + $1.count + Limits.framePrefixBytes } == bytes.count)
    }
  }

  @Test func pagesTravelAsStored() {
    var page = Frames([Array("head".utf8)])
    let stored = Frames([Array("a".utf8), Array("bb".utf8), Array("ccc".utf8)])
    page.append(framed: stored.bytes, count: stored.count)
    var reader = page.makeIterator()
    #expect(reader.next().map(Array.init) == Array("head".utf8))
    #expect(reader.nextFramed(4) == nil)
    #expect(reader.nextFramed(2).map(Array.init) == Frames([Array("a".utf8), Array("bb".utf8)]).bytes)
    #expect(reader.nextFramed(0).map(Array.init) == [])
    #expect(reader.next().map(Array.init) == Array("ccc".utf8))
    #expect(reader.next() == nil)
  }

  @Test func checkKnowsTheLimits() {
    let most = Frames([[UInt8](repeating: 7, count: Limits.frameBytesMax)])
    #expect(statusOf { try most.check() } == .ok)
    let over = Frames([[UInt8](repeating: 7, count: Limits.frameBytesMax + 1)])
    #expect(statusOf { try over.check() } == .resourceExhausted)
    var four = most
    for _ in 0..<3 { four.append(contentsOf: most) }
    #expect(statusOf { try four.check() } == .resourceExhausted)
    #expect(statusOf { try Frames().check(headBytes: Limits.headBytesMax + 1) } == .resourceExhausted)
  }

  @Test func bodyHasAHead() throws {
    let payloads = Frames([Array("one".utf8), []])
    let head = Array("{}".utf8)
    let memory = UnsafeMutableRawBufferPointer.allocate(
      byteCount: MessageBody.size(head: head, payloads), alignment: 1)
    defer { memory.deallocate() }
    MessageBody.write(head: head, payloads, into: memory)
    let body = try Array(memory).withUnsafeBufferPointer { try MessageBody(decoding: $0) }
    #expect(body.head == head)
    #expect(body.payloads == payloads)
    #expect(Array(memory) == Frames([head]).bytes + payloads.bytes)
    let empty: [UInt8] = []
    #expect(
      statusOf { _ = try empty.withUnsafeBufferPointer { try MessageBody(decoding: $0) } } == .invalidArgument
    )
  }
}
