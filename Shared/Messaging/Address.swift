import Glibc
import Wire

/// A URL of nng's as far as it must be looked at before nng sees it.
struct Address {
  let url: String

  private static let ipc = "ipc://"

  init(_ url: String) throws(WireError) {
    guard url.contains("://"), !url.utf8.contains(0) else { throw .invalid("\(url) is no address") }
    self.url = url
    if let path, path.utf8.count > Limits.socketPathBytesMax {
      throw .invalid("the socket path \(path) is over \(Limits.socketPathBytesMax) bytes")
    }
  }

  /// The path of an ipc address.
  var path: String? { url.hasPrefix(Self.ipc) ? String(url.dropFirst(Self.ipc.count)) : nil }

  /// Refuses a path at which something else than a socket is: nng's listener would delete it.
  func checkFree() throws(WireError) {
    guard let path else { return }
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFSOCK else {
      throw .failedPrecondition("\(path) exists and is not a socket")
    }
  }
}
