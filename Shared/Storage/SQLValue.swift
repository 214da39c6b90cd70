/// The two engines behind one face.
public enum Engine: String, Sendable, CaseIterable {
  /// Embedded, one file, one writing process.
  case sqlite
  /// A server: plain, highly available, or Citus.
  case postgres
}

/// A value as it is bound to a statement or read from a row.
public enum SQLValue: Sendable, Hashable {
  case null
  case integer(Int64)
  /// Text without U+0000, which PostgreSQL cannot hold; both engines refuse it with `.invalid`.
  case text(String)
  case blob([UInt8])
}

extension SQLValue {
  /// Throws `.invalid` for text with U+0000, on both engines, so that data can move between them.
  func refuseZero() throws(StorageError) {
    if case .text(let text) = self, text.utf8.contains(0) {
      throw StorageError(.invalid, "Text holds U+0000, which PostgreSQL cannot store; remove it.")
    }
  }
}
