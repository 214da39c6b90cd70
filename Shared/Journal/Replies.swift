import Contracts
import Storage
import Wire

/// A reply kept for its idempotency key, with the hash of the request that it answered.
struct StoredReply: Sendable {
  let digest: [UInt8]
  let reply: Frames
  /// Unix microseconds of the entry that made it.
  let at: Int64

  /// Not secret: a digest only tells one body from another.
  private static let key = SipHash.Key(low: 0x6c61_7572_656c_2e72, high: 0x6570_6c69_6573_2e31)

  /// `asked` is what of the command its key stands for.
  init(to command: Command, asked: Frames, reply: Frames, at: Int64) {
    digest = Self.digest(command, asked)
    self.reply = reply
    self.at = at
  }

  init(digest: [UInt8], reply: Frames, at: Int64) {
    self.digest = digest
    self.reply = reply
    self.at = at
  }

  private static func digest(_ command: Command, _ asked: Frames) -> [UInt8] {
    let hash = SipHash.hash128(Array(command.method.utf8) + [0] + asked.bytes, key: key)
    return UInt128(high: hash.high, low: hash.low).bytes
  }

  /// The same answer again, or a refusal when the key was used with another body.
  func answer(to command: Command, asked: Frames) -> Result<Frames, WireError> {
    if digest == Self.digest(command, asked) { return .success(reply) }
    let details = JSONWriter.object { $0.member("code", "idempotency_key_reused") }
    return .failure(
      WireError(
        .failedPrecondition, "this idempotency key was used with another body within 24 hours",
        details: details))
  }
}

/// The replies of a store, by partition and key.
enum ReplyStore {
  static func read(_ session: Session, _ partition: Int, _ keys: [String]) throws -> [String: StoredReply] {
    guard !keys.isEmpty else { return [:] }
    var found: [String: StoredReply] = [:]
    _ = try session.lookup(
      table: "reply", scalars: [("partition", .integer(Int64(partition)))], column: "key",
      values: keys.map(SQLValue.text), select: ["key", "digest", "at", "bytes"]
    ) { row in
      found[row.text(0)] = StoredReply(
        digest: row.blob(1), reply: try Frames(decoding: row.blob(3)), at: row.integer(2))
    }
    return found
  }

  static func write(_ session: Session, _ partition: Int, _ key: String, _ reply: StoredReply) throws {
    let scalar = SQLValue.integer(Int64(partition))
    try session.execute(
      """
      INSERT INTO reply(partition, key, digest, at, bytes) VALUES(?1, ?2, ?3, ?4, ?5)
      ON CONFLICT(partition, key) DO NOTHING
      """, [scalar, .text(key), .blob(reply.digest), .integer(reply.at), .blob(reply.reply.bytes)])
    try session.execute(
      "DELETE FROM reply WHERE partition = ?1 AND at < ?2",
      [scalar, .integer(reply.at - StepLimits.replyMicros)])
  }
}
