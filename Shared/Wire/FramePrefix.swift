/// The five bytes before each payload: flag, then length, big-endian.
enum FramePrefix {
  static func append(_ size: Int, to bytes: inout [UInt8]) {
    let length = UInt32(size)
    bytes.append(0)
    bytes.append(UInt8(truncatingIfNeeded: length >> 24))
    bytes.append(UInt8(truncatingIfNeeded: length >> 16))
    bytes.append(UInt8(truncatingIfNeeded: length >> 8))
    bytes.append(UInt8(truncatingIfNeeded: length))
  }

  /// Where the frame that begins at `start` ends; nothing is allocated before its length is checked.
  static func end(in body: UnsafeBufferPointer<UInt8>, from start: Int) throws(WireError) -> Int {
    let payload = start + Limits.framePrefixBytes
    guard payload <= body.count else { throw .invalid("a frame's prefix is cut off at byte \(start)") }
    guard body[start] == 0 else {
      throw .unimplemented("frame flag \(body[start]) at byte \(start) is not known")
    }
    var size = 0
    for place in start + 1..<payload { size = size << 8 | Int(body[place]) }
    guard size <= Limits.frameBytesMax else {
      throw .exhausted("a frame of \(size) bytes is over \(Limits.frameBytesMax)")
    }
    guard size <= body.count - payload else {
      throw .invalid("a frame of \(size) bytes at byte \(start) is cut off")
    }
    return payload + size
  }

  /// How many whole frames the bytes from `start` are.
  static func count(
    in body: UnsafeBufferPointer<UInt8>, from start: Int, framesMax: Int
  ) throws(WireError) -> Int {
    guard body.count <= Limits.messageBytesMax else {
      throw .exhausted("a message of \(body.count) bytes is over \(Limits.messageBytesMax)")
    }
    var count = 0
    var index = start
    while index < body.count {
      guard count < framesMax else { throw .exhausted("a message has over \(Limits.framesMax) frames") }
      index = try end(in: body, from: index)
      count += 1
    }
    return count
  }
}

/// A message body taken apart: the head's text and the payloads.
public struct MessageBody: Sendable {
  public let head: [UInt8]
  public let payloads: Frames

  /// Copies head and payloads out of a received body, once, after all lengths are checked.
  public init(decoding body: UnsafeBufferPointer<UInt8>) throws(WireError) {
    guard body.count > 0 else { throw .invalid("a message without frames") }
    let end = try FramePrefix.end(in: body, from: 0)
    guard end - Limits.framePrefixBytes <= Limits.headBytesMax else {
      throw .exhausted("a head is over \(Limits.headBytesMax) bytes")
    }
    let count = try FramePrefix.count(in: body, from: end, framesMax: Limits.framesMax - 1)
    // Rebased buffers are copied as one block; both bounds were checked above.
    head = Array(UnsafeBufferPointer(rebasing: body[Limits.framePrefixBytes..<end]))
    payloads = Frames(trusted: Array(UnsafeBufferPointer(rebasing: body[end...])), count: count)
  }

  /// The size of a body with this head and these payloads, in bytes.
  public static func size(head: [UInt8], _ payloads: Frames) -> Int {
    Limits.framePrefixBytes + head.count + payloads.bytes.count
  }

  /// Writes a body into memory of exactly `size(head:_:)` bytes.
  public static func write(head: [UInt8], _ payloads: Frames, into memory: UnsafeMutableRawBufferPointer) {
    precondition(memory.count == size(head: head, payloads))
    memory[0] = 0
    withUnsafeBytes(of: UInt32(head.count).bigEndian) { length in
      for place in 0..<4 { memory[1 + place] = length[place] }
    }
    copy(head, into: memory, at: Limits.framePrefixBytes)
    copy(payloads.bytes, into: memory, at: Limits.framePrefixBytes + head.count)
  }

  private static func copy(_ bytes: [UInt8], into memory: UnsafeMutableRawBufferPointer, at start: Int) {
    bytes.withUnsafeBytes { source in
      UnsafeMutableRawBufferPointer(rebasing: memory[start..<start + source.count]).copyMemory(from: source)
    }
  }
}
