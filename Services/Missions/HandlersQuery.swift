import Contracts
import Journal
import Wire

/// Which missions a reader asks for.
struct MissionQuery: Sendable {
  private(set) var customer = ""
  private(set) var status: MissionStatus?
  private var mission: (partition: Int, number: Int64)?

  /// Archived missions of one customer that are shown at most.
  static let archivedMax = 1_000

  init(_ payload: ArraySlice<UInt8>?) throws(WireError) {
    var query = MissionQuery()
    try Payload.read(payload) { key, scanner in
      switch key {
      case "customer_id": query.customer = try CustomerID.read(&scanner)
      case "status": query.status = try Payload.name("status", &scanner)
      case "id":
        guard let parts = MissionID.parts(try scanner.string()) else {
          throw WireError.invalid("'id' must be a mission's id, like m-29-812")
        }
        query.mission = parts
      default: throw WireError.invalid("'\(key)' is not a member of this request")
      }
    }
    guard !query.customer.isEmpty || query.mission != nil else { throw .invalid("'customer_id' is missing") }
    self = query
  }

  private init() {}

  func partition(count: Int) throws(WireError) -> Int {
    guard let mission else { return Partitioning.partition(of: customer, count: count) }
    guard mission.partition < count else { throw .notFound("there is no mission with this id") }
    return mission.partition
  }

  func shows(_ status: MissionStatus) -> Bool { self.status.map { $0 == status } ?? true }

  /// The missions, newest first; an unknown customer has none, an unknown id is `not_found`.
  func views(_ reader: StateReader<MissionsFold>) throws -> [MissionView] {
    if let mission { return [try view(mission.number, reader)] }
    guard case .customer(let row)? = try reader.row(RowKey.customer(customer)) else { return [] }
    let archive = RowKey.archive(customer)
    let archived = try reader.keys(prefix: archive, limit: Self.archivedMax).compactMap {
      Int64($0.dropFirst(archive.count))
    }
    let numbers = (row.running.map(\.number) + row.ended.map(\.number) + archived).sorted(by: >)
    let rows = try reader.rows(numbers.map { RowKey.mission(reader.partition, $0) })
    return numbers.compactMap { number in
      guard case .mission(let record)? = rows[RowKey.mission(reader.partition, number)] else { return nil }
      return Self.view(record, row, reader.partition)
    }
  }

  private func view(_ number: Int64, _ reader: StateReader<MissionsFold>) throws -> MissionView {
    let key = RowKey.mission(reader.partition, number)
    guard case .mission(let found)? = try reader.row(key),
      customer.isEmpty || customer == found.facts.customer,
      case .customer(let row)? = try reader.row(RowKey.customer(found.facts.customer)),
      // Again after the customer's row: a commit between the two moves the course from there to here.
      case .mission(let record)? = try reader.row(key), let view = Self.view(record, row, reader.partition)
    else { throw WireError.notFound("there is no mission with this id") }
    return view
  }

  private static func view(_ record: MissionRecord, _ row: CustomerMissions, _ partition: Int) -> MissionView?
  {
    let number = record.facts.number
    guard let course = record.course ?? row.running.first(where: { $0.number == number })?.course else {
      return nil
    }
    return MissionView(facts: record.facts, course: course, id: MissionID.text(partition, number))
  }
}
