import Contracts
import Storage
import Wire

/// Moves the rows of a store into an empty one, of the same engine or another.
///
/// While it goes on the target says so itself (`Installation.incomplete`), and no service opens it.
public struct StoreCopy {
  /// Rows and bytes that are read before they are written, as one transaction of one partition.
  static let rowsMax = 4_000
  static let bytesMax = 8 << 20

  private let source: Session
  private let target: Session
  private let service: ServiceName

  public init(from source: Session, to target: Session, service: ServiceName) {
    self.source = source
    self.target = target
    self.service = service
  }

  /// The first table of a store that has rows, if any, with their number.
  public static func filled(_ session: Session) throws -> (table: String, rows: Int64)? {
    for table in try session.tables() {
      let rows = try session.query("SELECT count(*) FROM \"\(table.name)\"") { $0.integer(0) }.first ?? 0
      if rows > 0 { return (table.name, rows) }
    }
    return nil
  }

  /// Count and order-free checksum of a table's rows, the same on both engines.
  public static func sum(_ session: Session, _ table: TableForm) throws -> EntrySum {
    var sum = EntrySum()
    try session.forEach("SELECT \(names(table)) FROM \"\(table.name)\"") { row in
      sum.add(RowText.bytes((0..<row.count).map { row.value($0) })[...])
      return true
    }
    return sum
  }

  /// Copies everything and compares it, table by table; `progress` hears a table's name, its rows so far, and
  /// whether it is done. Gives what each table holds.
  public func run(_ progress: (String, Int64, Bool) -> Void) throws -> [String: EntrySum] {
    let tables = try source.tables()
    try StoreTables.create(target, of: service)
    let known = Set(try target.tables())
    for table in tables where !known.contains(where: { $0.name == table.name && $0.columns == table.columns })
    {
      throw WireError.failedPrecondition(
        "table \(table.name) has another form in this release: run `laurel db migrate` on the source first")
    }
    let isMarked = known.contains { $0.name == Installation.table }
    if isMarked { try Installation.markIncomplete(target) }
    var sums: [String: EntrySum] = [:]
    for table in tables where table.name != Installation.table {
      sums[table.name] = try copy(table, progress)
      try compare(table, sums[table.name])
      progress(table.name, sums[table.name]?.count ?? 0, true)
    }
    if isMarked {
      // From here on a service may open it.
      try Installation.move(from: source, to: target)
      if let table = tables.first(where: { $0.name == Installation.table }) {
        sums[table.name] = try Self.sum(source, table)
        try compare(table, sums[table.name])
      }
    }
    return sums
  }

  private func compare(_ table: TableForm, _ wanted: EntrySum?) throws {
    let written = try Self.sum(target, table)
    guard written == wanted else {
      throw WireError.dataLoss(
        "table \(table.name): read \(wanted.map { "\($0)" } ?? "nothing"), the target holds \(written)")
    }
  }

  private func copy(_ table: TableForm, _ progress: (String, Int64, Bool) -> Void) throws -> EntrySum {
    var sum = EntrySum()
    guard table.isPartitioned else {
      try copy(table, partition: nil, into: &sum, progress)
      return sum
    }
    let partitions = try source.query("SELECT DISTINCT partition FROM \"\(table.name)\"") { $0.integer(0) }
    for partition in partitions.sorted() {
      try copy(table, partition: partition, into: &sum, progress)
    }
    return sum
  }

  private func copy(
    _ table: TableForm, partition: Int64?, into sum: inout EntrySum,
    _ progress: (String, Int64, Bool) -> Void
  ) throws {
    let scalar = partition.map(SQLValue.integer)
    let columns = table.columns.filter { scalar == nil || $0 != "partition" }
    let place = table.columns.firstIndex(of: "partition")
    var batch = RowBatch(columns: columns, scalar: scalar)
    let condition = scalar == nil ? "" : " WHERE partition = ?1"
    try source.forEach(
      "SELECT \(Self.names(table)) FROM \"\(table.name)\"\(condition)", scalar.map { [$0] } ?? []
    ) { row in
      var values = (0..<row.count).map { row.value($0) }
      sum.add(RowText.bytes(values)[...])
      if scalar != nil, let place { values.remove(at: place) }
      batch.add(values)
      if batch.isFull {
        try batch.write(target, table.name)
        progress(table.name, sum.count, false)
      }
      return true
    }
    try batch.write(target, table.name)
  }

  private static func names(_ table: TableForm) -> String {
    table.columns.map { "\"\($0)\"" }.joined(separator: ", ")
  }
}

/// Rows in hand, by column.
private struct RowBatch {
  let columns: [String]
  let scalar: SQLValue?
  private var values: [[SQLValue]]
  private var bytes = 0

  init(columns: [String], scalar: SQLValue?) {
    self.columns = columns
    self.scalar = scalar
    values = .init(repeating: [], count: columns.count)
  }

  var isFull: Bool { values.first?.count ?? 0 >= StoreCopy.rowsMax || bytes >= StoreCopy.bytesMax }

  mutating func add(_ row: [SQLValue]) {
    for (place, value) in row.enumerated() {
      values[place].append(value)
      bytes += RowText.size(value)
    }
  }

  mutating func write(_ session: Session, _ table: String) throws {
    guard values.first?.isEmpty == false else { return }
    try session.upsert(
      table: table, scalars: scalar.map { [("partition", $0)] } ?? [], key: [],
      columns: Array(zip(columns, values)), onConflict: .fail)
    self = RowBatch(columns: columns, scalar: scalar)
  }
}

/// A row as bytes that are the same on both engines.
private enum RowText {
  static func size(_ value: SQLValue) -> Int {
    switch value {
    case .null, .integer: 8
    case .text(let text): text.utf8.count
    case .blob(let blob): blob.count
    }
  }

  static func bytes(_ values: [SQLValue]) -> [UInt8] {
    var bytes: [UInt8] = []
    for value in values {
      switch value {
      case .null: bytes.append(0)
      case .integer(let number): put(1, Array(String(number).utf8), &bytes)
      case .text(let text): put(2, Array(text.utf8), &bytes)
      case .blob(let blob): put(3, blob, &bytes)
      }
    }
    return bytes
  }

  /// A kind, a length and the bytes, so that no two rows read alike.
  private static func put(_ kind: UInt8, _ value: [UInt8], _ bytes: inout [UInt8]) {
    bytes.append(kind)
    withUnsafeBytes(of: UInt32(value.count).littleEndian) { bytes.append(contentsOf: $0) }
    bytes.append(contentsOf: value)
  }
}
