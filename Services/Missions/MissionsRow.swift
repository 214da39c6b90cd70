import Wire

/// What a state row of this service holds.
///
/// A customer's row is handled for every event: what is larger stands behind a reference, to keep rows short.
enum MissionsRow: Sendable, Equatable {
  case customer(CustomerMissions)
  indirect case mission(MissionRecord)
  /// An ended mission that left the customer's row.
  indirect case archived(EndedMission)
  /// Customers of a refill batch that wait for their snapshots.
  case want([String])
  /// That a job's chunk is done here, and what came of it.
  case chunk(ChunkMark)

  /// The form of the rows; another one is refused.
  private static let form = 2

  func pack(_ writer: inout PackedWriter) {
    writer.count(Self.form)
    switch self {
    case .customer(let customer):
      writer.count(0)
      customer.pack(&writer)
    case .mission(let mission):
      writer.count(1)
      mission.pack(&writer)
    case .archived(let mission):
      writer.count(2)
      mission.pack(&writer)
    case .want(let customers):
      writer.count(3)
      writer.array(customers) { $0.text($1) }
    case .chunk(let mark):
      writer.count(4)
      writer.count(mark.customers)
      writer.count(mark.generated)
    }
  }

  init(_ reader: inout PackedReader) throws(PackedError) {
    guard try reader.number() == Self.form else {
      throw PackedError(offset: 0, reason: "a row of another form")
    }
    switch try reader.number() {
    case 0: self = .customer(try CustomerMissions(&reader))
    case 1: self = .mission(try MissionRecord(&reader))
    case 2: self = .archived(try EndedMission(&reader))
    case 3: self = .want(try reader.array { (reader) throws(PackedError) in try reader.text() })
    case 4:
      self = .chunk(ChunkMark(customers: try reader.number(), generated: try reader.number()))
    default: throw PackedError(offset: 1, reason: "a row of an unknown kind")
    }
  }

  /// Changes a customer's row in place; nil for a row of another kind.
  mutating func withCustomer<T>(_ body: (inout CustomerMissions) -> T) -> T? {
    guard case .customer(var customer) = self else { return nil }
    // The payload has one holder while it changes, so that its arrays are not copied.
    self = .want([])
    let result = body(&customer)
    self = .customer(customer)
    return result
  }
}

/// What a batch of a refill or of a job came to.
struct ChunkMark: Sendable, Equatable {
  var customers: Int
  /// Missions made.
  var generated: Int

  func encoded() -> [UInt8] {
    JSONWriter.object { writer in
      writer.member("customers", customers)
      writer.member("generated", generated)
    }
  }
}

/// Keys of the state rows.
enum RowKey {
  static let customers = "c:"

  static func customer(_ id: String) -> String { "c:\(id)" }
  static func customer(ofKey key: String) -> String { key.dropping(bytes: customers.utf8.count) }
  static func mission(_ partition: Int, _ number: Int64) -> String {
    "m:\(MissionID.text(partition, number))"
  }
  static func chunk(_ job: String, _ chunk: Int) -> String { "d:\(job)/\(chunk)" }
  static func want(_ want: Want) -> String { "w:\(want.day)-\(want.batch)" }

  /// A customer's archived missions; the length keeps ids apart that begin alike.
  static func archive(_ customer: String) -> String { "a:\(customer.utf8.count):\(customer)/" }
  static func archived(_ customer: String, _ number: Int64) -> String {
    archive(customer) + String(repeating: "0", count: max(0, 19 - "\(number)".count)) + "\(number)"
  }
}
