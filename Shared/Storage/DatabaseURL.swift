/// Where a database is: `sqlite:PATH` or `postgres://user:password@host:port/name?parameter=value`.
public struct DatabaseURL: Sendable, Hashable, CustomStringConvertible {
  public let engine: Engine
  /// The file's path, or the whole connection URI with its password.
  let location: String
  /// The URL with its password masked; safe for logs and errors.
  public let description: String

  /// - Throws: `.misuse` with what a URL looks like; the text itself is not repeated, it may hold a password.
  public init(_ text: String) throws(StorageError) {
    if text.hasPrefix("sqlite:") {
      location = try Self.path(text.dropFirst("sqlite:".count))
      description = text
      engine = .sqlite
    } else if text.hasPrefix("postgres://") || text.hasPrefix("postgresql://") {
      description = try Self.masked(text)
      location = text
      engine = .postgres
    } else {
      throw StorageError(.misuse, "A database URL starts with sqlite: or postgres:// or postgresql://.")
    }
  }

  private static func path(_ text: Substring) throws(StorageError) -> String {
    guard !text.isEmpty, !text.hasPrefix(":memory:"), !text.utf8.contains(0) else {
      throw StorageError(.misuse, "Behind sqlite: stands the path of a file, as in sqlite:/data/scoring.db.")
    }
    return String(text)
  }

  /// The parts of the URI again, without what must not be seen.
  private static func masked(_ text: String) throws(StorageError) -> String {
    let authority = text.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)[2]
      .prefix { $0 != "/" && $0 != "?" }
    // libpq ends the password at the first @ and would show the remainder as a host name.
    guard authority.utf8.count(where: { $0 == UInt8(ascii: "@") }) <= 1, let target = PostgresTarget(text)
    else {
      throw StorageError(
        .misuse, "The postgres:// URL is malformed; write @ : / and % in a password as %40 %3A %2F and %25.")
    }
    return target.description
  }
}
