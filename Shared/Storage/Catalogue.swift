/// A table as its database describes it.
public struct TableForm: Sendable, Hashable {
  public let name: String
  /// In their order.
  public let columns: [String]

  /// Whether its rows belong to partitions.
  public var isPartitioned: Bool { columns.contains("partition") }
}

extension Session {
  /// The tables of the database, on PostgreSQL those of the current schema, by name.
  public func tables() throws -> [TableForm] {
    let names =
      switch engine {
      case .sqlite:
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
      case .postgres: "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()"
      }
    let columns =
      switch engine {
      case .sqlite: "SELECT name FROM pragma_table_info(?1) ORDER BY cid"
      case .postgres:
        """
        SELECT column_name::text FROM information_schema.columns
        WHERE table_schema = current_schema() AND table_name = ?1 ORDER BY ordinal_position
        """
      }
    return try query(names) { $0.text(0) }.sorted().map { name in
      TableForm(name: name, columns: try query(columns, [.text(name)]) { $0.text(0) })
    }
  }

  /// How many other sessions PostgreSQL has on this database; 0 on SQLite, where a lock tells.
  public func others() throws -> Int {
    guard engine == .postgres else { return 0 }
    return try query(
      """
      SELECT count(*) FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid() AND usesysid IS NOT NULL
      """
    ) { Int($0.integer(0)) }.first ?? 0
  }
}
