import CNNG
import Wire

/// Owns one `nng_msg`: frees it, unless it was handed to nng.
struct Message: ~Copyable, Sendable {
  /// Safe because nobody else has the pointer while this value lives, and the value is never copied.
  nonisolated(unsafe) private let raw: OpaquePointer

  /// A message of this head and these payloads, written once into nng's memory.
  init(head: [UInt8], _ payloads: Frames) throws(WireError) {
    let size = MessageBody.size(head: head, payloads)
    try self.init(bytes: size)
    // nng_msg_alloc gave exactly `size` bytes, and nobody else has the message yet.
    MessageBody.write(
      head: head, payloads, into: UnsafeMutableRawBufferPointer(start: nng_msg_body(raw), count: size))
  }

  /// The same in the memory of a message that is not needed any more, if there is one.
  static func make(
    in spare: consuming Message?, head: [UInt8], _ payloads: Frames
  ) throws(WireError) -> Message {
    guard let spare else { return try Message(head: head, payloads) }
    let size = MessageBody.size(head: head, payloads)
    try Failure.check(nng_msg_realloc(spare.raw, size), "allocate a message of \(size) bytes")
    // nng_msg_realloc left exactly `size` bytes, and nobody else has the message.
    MessageBody.write(
      head: head, payloads, into: UnsafeMutableRawBufferPointer(start: nng_msg_body(spare.raw), count: size))
    return spare
  }

  /// A message over this is not kept for the next use, in bytes.
  private static let spareBytesMax = 16 * 1024

  /// Itself, to be used again, unless it is large.
  consuming func spare() -> Message? {
    if nng_msg_len(raw) > Self.spareBytesMax { return nil }
    return self
  }

  /// A publication: topic, NUL, frames.
  init(topic: String, _ frames: Frames) throws(WireError) {
    let prefix = Array(topic.utf8) + [0]
    try self.init(bytes: prefix.count + frames.bytes.count)
    // Both parts together are the size that was allocated.
    let body = UnsafeMutableRawBufferPointer(start: nng_msg_body(raw), count: nng_msg_len(raw))
    body.copyBytes(from: prefix)
    UnsafeMutableRawBufferPointer(rebasing: body[prefix.count...]).copyBytes(from: frames.bytes)
  }

  private init(bytes: Int) throws(WireError) {
    var message: OpaquePointer?
    try Failure.check(nng_msg_alloc(&message, bytes), "allocate a message of \(bytes) bytes")
    guard let message else { throw .internal("nng gave no message") }
    raw = message
  }

  /// Takes over what an aio carries: a received message, or one whose sending failed ("after a failed
  /// send the message is still yours", nng_ctx_send(3)).
  init?(from aio: OpaquePointer) {
    guard let message = nng_aio_get_msg(aio) else { return nil }
    nng_aio_set_msg(aio, nil)
    raw = message
  }

  deinit { nng_msg_free(raw) }

  /// Gives the message away, to nng.
  consuming func release() -> OpaquePointer {
    let message = raw
    discard self
    return message
  }

  /// The body, while the message lives; the pointer must not leave the closure.
  borrowing func withBody<R, E: Error>(
    _ read: (UnsafeBufferPointer<UInt8>) throws(E) -> R
  ) throws(E) -> R {
    let count = nng_msg_len(raw)
    let start = nng_msg_body(raw)?.assumingMemoryBound(to: UInt8.self)
    return try read(UnsafeBufferPointer(start: start, count: start == nil ? 0 : count))
  }

  /// The body as head and payloads, copied out.
  borrowing func taken() throws(WireError) -> MessageBody {
    try withBody { (body) throws(WireError) in try MessageBody(decoding: body) }
  }
}
