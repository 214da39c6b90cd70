import CSQLite

/// A prepared statement of SQLite and, while it is stepped, the current row.
final class SQLiteStatement: Cells {
  let handle: OpaquePointer

  init(_ handle: OpaquePointer) { self.handle = handle }

  // Finalising is allowed after sqlite3_close_v2, which waits for the last statement.
  deinit { sqlite3_finalize(handle) }

  var isReadOnly: Bool { sqlite3_stmt_readonly(handle) != 0 }
  var parameters: Int { Int(sqlite3_bind_parameter_count(handle)) }

  /// Makes it fit for the next use; values would otherwise keep their memory.
  func clear() {
    sqlite3_reset(handle)
    sqlite3_clear_bindings(handle)
  }

  /// Binds parameter `index`, counted from 1, and returns SQLite's result code.
  func bind(_ value: SQLValue, at index: CInt) -> CInt {
    switch value {
    case .null: sqlite3_bind_null(handle, index)
    case .integer(let integer): sqlite3_bind_int64(handle, index, integer)
    case .text(let text): bind(text, at: index)
    // An empty array may have no address, and SQLite takes a missing address for NULL.
    case .blob(let blob) where blob.isEmpty: sqlite3_bind_zeroblob(handle, index, 0)
    case .blob(let blob):
      blob.withUnsafeBytes { bytes in
        sqlite3_bind_blob64(handle, index, bytes.baseAddress, UInt64(bytes.count), Self.copied)
      }
    }
  }

  private func bind(_ text: String, at index: CInt) -> CInt {
    text.withCString { bytes in
      sqlite3_bind_text64(
        handle, index, bytes, UInt64(text.utf8.count), Self.copied, UInt8(SQLITE_UTF8))
    }
  }

  /// SQLITE_TRANSIENT, a C macro Swift does not import: SQLite copies the bytes before it returns.
  private static var copied: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }

  var count: Int { Int(sqlite3_column_count(handle)) }

  func isNull(_ column: Int) -> Bool { sqlite3_column_type(handle, CInt(column)) == SQLITE_NULL }

  func integer(_ column: Int) -> Int64 { sqlite3_column_int64(handle, CInt(column)) }

  func text(_ column: Int) -> String {
    guard let text = sqlite3_column_text(handle, CInt(column)) else { return "" }
    let count = Int(sqlite3_column_bytes(handle, CInt(column)))
    return String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self)
  }

  func bytes(_ column: Int) -> UnsafeRawBufferPointer {
    // The address comes first: asking for it may convert the value and so change its length.
    let address = sqlite3_column_blob(handle, CInt(column))
    return UnsafeRawBufferPointer(start: address, count: Int(sqlite3_column_bytes(handle, CInt(column))))
  }

  func value(_ column: Int) -> SQLValue {
    switch sqlite3_column_type(handle, CInt(column)) {
    case SQLITE_NULL: .null
    case SQLITE_INTEGER: .integer(integer(column))
    case SQLITE_BLOB: .blob([UInt8](bytes(column)))
    default: .text(text(column))
    }
  }
}
