import Glibc

/// The lock that makes one `laurel up` the keeper of a home; it goes with the process.
struct UpLock: ~Copyable {
  private let descriptor: CInt

  /// Takes it, or says who has it.
  init(_ home: HomeFolder) throws {
    let descriptor = open(home.lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw Fault("\(home.lock) cannot be written", advice: "change the owner of \(home.path)")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let holder = Self.holder(descriptor)
      close(descriptor)
      throw Fault(
        "another laurel\(holder) runs on \(home.path)",
        advice: "stop that one, or name another folder with --home")
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
