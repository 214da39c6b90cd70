import CNNG
import Wire

/// Owns one `nng_msg`: frees it, unless it was handed to nng.
struct Message: ~Copyable {
  private let raw: OpaquePointer

  /// A message of this head and these payloads, written once into nng's memory.
  init(head: [UInt8], _ payloads: Frames) throws(WireError) {
    let size = MessageBody.size(head: head, payloads)
    try self.init(bytes: size)
    // nng_msg_alloc gave exactly `size` bytes, and nobody else has the message yet.
    MessageBody.write(
      head: head, payloads, into: UnsafeMutableRawBufferPointer(start: nng_msg_body(raw), count: size))
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
