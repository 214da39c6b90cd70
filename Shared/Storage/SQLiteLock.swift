import Glibc

/// The advisory lock that makes one process the writer of a SQLite file; it goes with the process.
///
/// SQLite's own locks would let two processes take turns, and each would work on state the other one moved.
struct SQLiteLock: ~Copyable {
  private let descriptor: CInt

  /// Takes `PATH.lock`, or throws `.locked` with the holder's process id.
  init(for path: String) throws(StorageError) {
    let file = path + ".lock"
    let descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw StorageError(.permission, "The lock file \(file) cannot be written: \(SQLiteFile.reason(errno)).")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let holder = Self.holder(descriptor)
      close(descriptor)
      throw StorageError(
        .locked,
        "\(path) is in use by another process\(holder); stop that one, or use PostgreSQL "
          + "(postgres://...) to run several processes on one database.")
    }
    self.descriptor = descriptor
    ftruncate(descriptor, 0)
    let text = "\(getpid())\n"
    _ = text.withCString { pwrite(descriptor, $0, text.utf8.count, 0) }
  }

  // The file stays: removing it would let two openers lock two different files of one name.
  deinit { close(descriptor) }

  private static func holder(_ descriptor: CInt) -> String {
    var bytes = [UInt8](repeating: 0, count: 20)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    let digits = bytes.prefix(max(count, 0)).prefix { (48...57).contains($0) }
    return digits.isEmpty ? "" : " (process \(String(decoding: digits, as: UTF8.self)))"
  }
}

/// What can be said about a database file before SQLite opens it, in better words than "unable to open".
enum SQLiteFile {
  static func check(_ path: String, readOnly: Bool) throws(StorageError) {
    let folder = folder(of: path)
    guard isDirectory(folder) else {
      throw StorageError(.unreachable, "The folder \(folder) of \(path) does not exist; create it.")
    }
    if isDirectory(path) {
      throw StorageError(.misuse, "\(path) is a folder; name a file in it.")
    }
    let exists = access(path, F_OK) == 0
    if readOnly {
      guard exists else {
        throw StorageError(.unreachable, "\(path) does not exist; start the service that writes it first.")
      }
      return
    }
    // The journal files stand beside the database, so its folder must be writable as well.
    if access(folder, W_OK) != 0 || (exists && access(path, W_OK) != 0) {
      throw StorageError(
        .permission, "\(exists ? path : folder) is not writable for user id \(geteuid()); change its owner.")
    }
  }

  static func reason(_ code: CInt) -> String { String(cString: strerror(code)) }

  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}
