import Glibc
import Wire

/// The file with the administrator's key: made at the first start, read at all later ones.
enum KeyFile {
  static let name = "admin.key"
  static let prefix = "lk_"
  /// Random bytes of a key.
  static let randomBytes = 32
  /// A longer file is no key's, in bytes.
  static let fileBytesMax = 1_024

  /// The key, and whether it was made now; throws `failed_precondition` with what to do.
  static func open(
    _ path: String, random: inout some RandomNumberGenerator
  ) throws(WireError) -> (key: String, isNew: Bool) {
    if let key = try read(path) { return (key, false) }
    let key = prefix + KeyText.secret(&random)
    let draft = "\(path).\(random.next())"
    defer { unlink(draft) }
    try write(key, draft)
    // The whole file appears under its name at once, and never over another one.
    if link(draft, path) == 0 { return (key, true) }
    guard errno == EEXIST, let other = try read(path) else { throw failed("made", path) }
    return (other, false)
  }

  /// nil when there is no such file.
  private static func read(_ path: String) throws(WireError) -> String? {
    let file = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    if file < 0, errno == ENOENT { return nil }
    guard file >= 0 else { throw failed("read", path) }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: fileBytesMax + 1)
    let count = bytes.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress, $0.count) }
    guard count >= 0 else { throw failed("read", path) }
    let text = bytes[..<count].filter { $0 > 0x20 }
    let isKey = text.starts(with: prefix.utf8) && text.count > prefix.utf8.count && count <= fileBytesMax
    guard isKey, text.allSatisfy({ $0 < 0x7F }) else {
      throw .failedPrecondition("\(path) holds no key; remove it and a new key is made at the next start")
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static func write(_ key: String, _ path: String) throws(WireError) {
    let file = Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw failed("made", path) }
    defer { close(file) }
    let line = Array((key + "\n").utf8)
    let count = line.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
    guard count == line.count, fsync(file) == 0 else { throw failed("written", path) }
  }

  private static func failed(_ what: String, _ path: String) -> WireError {
    let reason = String(cString: strerror(errno))
    return .failedPrecondition("the key's file \(path) cannot be \(what): \(reason)")
  }
}
