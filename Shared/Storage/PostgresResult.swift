import CPostgres

/// A result of libpq in binary format, and the row it stands on.
final class PostgresResult: Cells {
  let handle: OpaquePointer
  private let types: [PostgresType]
  private var row: CInt = 0

  /// - Throws: `.syntax` for a column whose type is not read here; a cast to text or bigint helps.
  init(_ handle: OpaquePointer) throws(StorageError) {
    self.handle = handle
    var types: [PostgresType] = []
    for column in 0..<PQnfields(handle) {
      let oid = PQftype(handle, column)
      guard let type = PostgresType(rawValue: oid) else {
        let name = PQfname(handle, column).map { String(cString: $0) } ?? "?"
        PQclear(handle)
        throw StorageError(.syntax, "Column \(name) has PostgreSQL type \(oid); cast it to text or bigint.")
      }
      types.append(type)
    }
    self.types = types
  }

  deinit { PQclear(handle) }

  var rows: Int { Int(PQntuples(handle)) }
  var memory: Int { Int(PQresultMemorySize(handle)) }

  /// Shows every row; false if `visit` wanted no further one.
  func show(_ visit: Driver.Visit) -> Bool {
    let current = Row(self)
    for index in 0..<PQntuples(handle) {
      row = index
      guard visit(current) else { return false }
    }
    return true
  }

  var count: Int { types.count }

  func isNull(_ column: Int) -> Bool { PQgetisnull(handle, row, CInt(column)) != 0 }

  func integer(_ column: Int) -> Int64 {
    if isNull(column) { return 0 }
    let bytes = raw(column)
    switch types[column] {
    case .int8: return bytes.bigEndian(Int64.self)
    case .int4: return Int64(bytes.bigEndian(Int32.self))
    case .int2: return Int64(bytes.bigEndian(Int16.self))
    case .oid: return Int64(bytes.bigEndian(UInt32.self))
    case .bool: return bytes.first == 1 ? 1 : 0
    case .float4, .float8: return Int64(exactly: real(column).rounded(.towardZero)) ?? 0
    default: return Int64(String(decoding: bytes, as: UTF8.self)) ?? 0
    }
  }

  func text(_ column: Int) -> String {
    if isNull(column) { return "" }
    switch types[column] {
    case .int8, .int4, .int2, .oid, .bool: return String(integer(column))
    case .float4, .float8: return String(real(column))
    default: return String(decoding: bytes(column), as: UTF8.self)
    }
  }

  func bytes(_ column: Int) -> UnsafeRawBufferPointer {
    // jsonb has a version byte, 1, before its text.
    let bytes = raw(column)
    return types[column] == .jsonb ? UnsafeRawBufferPointer(rebasing: bytes.dropFirst()) : bytes
  }

  func value(_ column: Int) -> SQLValue {
    if isNull(column) { return .null }
    switch types[column] {
    case .int8, .int4, .int2, .oid, .bool: return .integer(integer(column))
    case .bytea: return .blob([UInt8](bytes(column)))
    default: return .text(text(column))
    }
  }

  private func raw(_ column: Int) -> UnsafeRawBufferPointer {
    let count = Int(PQgetlength(handle, row, CInt(column)))
    return UnsafeRawBufferPointer(start: PQgetvalue(handle, row, CInt(column)), count: count)
  }

  private func real(_ column: Int) -> Double {
    types[column] == .float4
      ? Double(Float(bitPattern: raw(column).bigEndian(UInt32.self)))
      : Double(bitPattern: raw(column).bigEndian(UInt64.self))
  }
}

extension UnsafeRawBufferPointer {
  /// The integer in network byte order that the buffer starts with.
  fileprivate func bigEndian<T: FixedWidthInteger & BitwiseCopyable>(_: T.Type) -> T {
    T(bigEndian: loadUnaligned(as: T.self))
  }
}
