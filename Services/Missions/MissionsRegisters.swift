import Contracts
import Wire

/// A batch of a daily refill whose snapshots have not come yet.
struct Want: Sendable, Hashable {
  /// The refill's day in the operator's zone, counted from 1970-01-01.
  var day: Int32
  /// Counted from 1 within the day and partition.
  var batch: Int
  /// When it was wanted, unix microseconds.
  var at: Int64
  var customers: Int

  /// The idempotency key under which it is answered.
  func key(partition: Int) -> String { "refill/\(day)/\(partition)-\(batch)" }
}

/// How many missions of a template stand in each status.
struct StatusCounts: Sendable, Equatable {
  var generated = 0
  var active = 0
  var completed = 0
  var expired = 0
  var cancelled = 0
  var revoked = 0

  subscript(_ status: MissionStatus) -> Int {
    get {
      switch status {
      case .active: active
      case .completed: completed
      case .expired: expired
      case .cancelled: cancelled
      case .revoked: revoked
      }
    }
    set {
      switch status {
      case .active: active = newValue
      case .completed: completed = newValue
      case .expired: expired = newValue
      case .cancelled: cancelled = newValue
      case .revoked: revoked = newValue
      }
    }
  }

  mutating func add(_ other: StatusCounts) {
    generated += other.generated
    for status in MissionStatus.allCases { self[status] += other[status] }
  }
}

/// The partition's own registers: the refill's place, unanswered wants, counts.
struct MissionsRegisters: Sendable, Equatable {
  /// When the next refill is due; 0 before the partition's first customer.
  var refillAt: Int64 = 0
  /// The key after which the refill's next slice begins.
  var refillAfter = ""
  /// Batches of the running refill so far.
  var refillBatch = 0
  /// In the order in which they arose.
  var wants: [Want] = []
  /// By template.
  var counts: [String: StatusCounts] = [:]

  init() {}

  /// Moves a mission of a template from one status to another; nil is a new one.
  mutating func count(_ template: String, from old: MissionStatus?, to new: MissionStatus) {
    var counts = counts[template] ?? StatusCounts()
    if let old { counts[old] -= 1 } else { counts.generated += 1 }
    counts[new] += 1
    self.counts[template] = counts
  }
}

extension MissionsRegisters {
  private static let form = 1

  func pack(_ writer: inout PackedWriter) {
    writer.count(Self.form)
    writer.signed(refillAt)
    writer.text(refillAfter)
    writer.count(refillBatch)
    writer.array(wants) { writer, want in
      writer.signed(Int64(want.day))
      writer.count(want.batch)
      writer.signed(want.at)
      writer.count(want.customers)
    }
    writer.array(counts.sorted { $0.key < $1.key }) { writer, pair in
      writer.text(pair.key)
      writer.count(pair.value.generated)
      for status in MissionStatus.allCases { writer.signed(Int64(pair.value[status])) }
    }
  }

  init(_ reader: inout PackedReader) throws(PackedError) {
    guard try reader.number() == Self.form else {
      throw PackedError(offset: 0, reason: "registers of another form")
    }
    refillAt = try reader.signed()
    refillAfter = try reader.text()
    refillBatch = try reader.number()
    wants = try reader.array { (reader) throws(PackedError) in
      Want(
        day: Int32(truncatingIfNeeded: try reader.signed()), batch: try reader.number(),
        at: try reader.signed(), customers: try reader.number())
    }
    for _ in 0..<(try reader.count()) {
      let template = try reader.text()
      var counts = StatusCounts()
      counts.generated = try reader.number()
      for status in MissionStatus.allCases {
        counts[status] = Int(truncatingIfNeeded: try reader.signed())
      }
      self.counts[template] = counts
    }
  }
}
