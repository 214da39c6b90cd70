import Glibc

extension DatabaseURL {
  /// The file of a SQLite database.
  public var file: String? { engine == .sqlite ? location : nil }
}

extension Session {
  /// Writes a consistent copy of a SQLite database into a new file while its writer goes on.
  ///
  /// The copy is one file without free pages, on the disk when this returns.
  public func copy(to path: String) throws {
    guard engine == .sqlite else {
      throw StorageError(.misuse, "PostgreSQL is copied by pg_dump.")
    }
    try execute("VACUUM INTO ?1", [.text(path)])
    try StoreFile.sync(path)
  }
}

/// Puts files of SQLite databases into their places.
public enum StoreFile {
  /// What SQLite keeps beside a database.
  private static let companions = ["-wal", "-shm", "-journal"]

  /// Whether something is there.
  public static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Replaces the database at `path`, which nobody may have open, by a copy of another file: all or nothing.
  /// - Throws: `.locked` while a process has it.
  public static func install(_ copy: String, at path: String) throws(StorageError) {
    try SQLiteFile.check(path, readOnly: false)
    let lock = try SQLiteLock(for: path)
    let draft = path + ".new"
    unlink(draft)
    try transfer(from: copy, to: draft)
    try sync(draft)
    // What was written behind the old file's back belongs to it alone.
    for companion in companions { unlink(path + companion) }
    guard rename(draft, path) == 0 else { throw failed("put in place", path) }
    _ = consume lock
  }

  /// Waits until a file is on the disk.
  static func sync(_ path: String) throws(StorageError) {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw failed("opened", path) }
    defer { close(file) }
    guard fsync(file) == 0 else { throw failed("synced", path) }
  }

  private static func transfer(from source: String, to target: String) throws(StorageError) {
    let from = open(source, O_RDONLY | O_CLOEXEC)
    guard from >= 0 else { throw failed("read", source) }
    defer { close(from) }
    let to = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard to >= 0 else { throw failed("written", target) }
    defer { close(to) }
    while true {
      let count = sendfile(to, from, nil, 1 << 24)
      if count == 0 { return }
      guard count > 0 else { throw failed("written", target) }
    }
  }

  private static func failed(_ what: String, _ path: String) -> StorageError {
    StorageError(.permission, "\(path) cannot be \(what): \(SQLiteFile.reason(errno)).")
  }
}
