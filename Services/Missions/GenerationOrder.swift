import Contracts
import Wire

/// What the command `missions.v1/generate-with-snapshots` asks: its first payload; snapshots follow.
struct GenerationOrder: Sendable, Equatable {
  enum Reason: String, Sendable, CaseIterable { case client, refill, job }

  /// Snapshots of one command.
  static let snapshotsMax = 1_000

  var reason = Reason.client
  var options = GenerationOptions()
  var dryRun = false
  /// The batch of a refill that is answered.
  var day: Int32 = 0
  var batch = 0
  /// The job whose chunk is done.
  var job = ""

  init() {}

  init(answering want: Want) {
    reason = .refill
    day = want.day
    batch = want.batch
  }

  init(answering chunk: ChunkRequest) {
    reason = .job
    options.maxMissions = chunk.maxMissions
    job = chunk.job
    batch = chunk.chunk
  }

  /// The payload's text.
  func encoded() -> [UInt8] {
    JSONWriter.object { writer in
      writer.member("reason", reason.rawValue)
      writer.member("max_missions", options.maxMissions)
      writer.member("force_regenerate", options.forceRegenerate)
      writer.member("dry_run", dryRun)
      writer.member("template", optional: options.template)
      if reason == .refill {
        writer.member("day", day)
        writer.member("batch", batch)
      }
      if reason == .job {
        writer.member("job", job)
        writer.member("batch", batch)
      }
    }
  }

  /// Reads the payload; throws `invalid_argument` that names the member.
  init(_ payload: ArraySlice<UInt8>?) throws(WireError) {
    var order = GenerationOrder()
    try Payload.read(payload) { key, scanner in
      switch key {
      case "reason": order.reason = try Payload.name("reason", &scanner)
      case "day": order.day = Int32(clamping: try scanner.integer())
      case "job": order.job = try scanner.string()
      case "batch": order.batch = Int(try scanner.integer())
      default:
        guard try order.take(key, &scanner) else {
          throw WireError.invalid("'\(key)' is not a member of this request")
        }
      }
    }
    self = order
  }

  /// Takes one of the members that a client may give; false for any other.
  private mutating func take(_ key: JSONKey, _ scanner: inout JSONScanner) throws -> Bool {
    switch key {
    case "max_missions":
      let count = try scanner.integer()
      guard (1...Int64(CustomerMissions.activeMax)).contains(count) else {
        throw WireError.invalid("'max_missions' must be from 1 to \(CustomerMissions.activeMax)")
      }
      options.maxMissions = Int(count)
    case "force_regenerate": options.forceRegenerate = try scanner.bool()
    case "dry_run": dryRun = try scanner.bool()
    case "template": options.template = try scanner.optionalString()
    default: return false
    }
    return true
  }

  /// Reads a client's request: the customer, and the order without a reason of its own.
  static func request(_ payload: ArraySlice<UInt8>?) throws(WireError) -> (
    customer: String, order: GenerationOrder
  ) {
    var order = GenerationOrder()
    var customer = ""
    try Payload.read(payload) { key, scanner in
      if "customer_id" ~= key {
        customer = try CustomerID.read(&scanner)
      } else if try !order.take(key, &scanner) {
        throw WireError.invalid("'\(key)' is not a member of this request")
      }
    }
    guard !customer.isEmpty else { throw .invalid("'customer_id' is missing") }
    return (customer, order)
  }

  /// Reads the snapshots behind the first payload.
  static func snapshots(_ payloads: Frames) throws(WireError) -> [Snapshot] {
    guard (2...snapshotsMax + 1).contains(payloads.count) else {
      throw .invalid("1 to \(snapshotsMax) snapshots are needed, here are \(max(0, payloads.count - 1))")
    }
    var snapshots: [Snapshot] = []
    snapshots.reserveCapacity(payloads.count - 1)
    do {
      for payload in payloads.dropFirst() {
        var scanner = JSONScanner(payload)
        snapshots.append(try Snapshot(&scanner))
        try scanner.finish()
      }
    } catch let error as WireError {
      throw error
    } catch {
      throw .invalid("snapshot \(snapshots.count + 1): \(error)", cause: error)
    }
    return snapshots
  }
}

/// Customers' ids in requests.
enum CustomerID {
  /// The longest id, in bytes of UTF-8 (domain.md 2).
  static let bytesMax = 128

  static func read(_ scanner: inout JSONScanner) throws -> String {
    let id = try scanner.string()
    guard (1...bytesMax).contains(id.utf8.count), !id.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
      throw WireError.invalid("'customer_id' must have 1 to \(bytesMax) bytes and no control characters")
    }
    return id
  }
}
