import Crypto
import Hummingbird

/// Who may do what: the keys that are known, as digests.
struct Access: Sendable {
  /// What the holder of a key may do.
  enum Role: String, Sendable { case admin }

  private struct Key: Sendable {
    let digest: SHA256.Digest
    let role: Role
  }

  private let keys: [Key]

  /// What a client is told to bring.
  static let challenge = "Bearer realm=\"laurel\""
  private static let scheme = "bearer "

  /// Knows the one key of the administrator.
  init(adminKey: String) { keys = [Key(digest: Self.digest(adminKey), role: .admin)] }

  /// The role of the key in an `Authorization` header.
  ///
  /// Throws a 401 for none and for an unknown one. All keys are compared, each in constant time, so that the
  /// time says nothing about them.
  func role(authorization: String?) throws(Problem) -> Role {
    guard let header = authorization, header.lowercased().hasPrefix(Self.scheme) else {
      throw Self.refused("a key is needed: Authorization: Bearer <key>")
    }
    let digest = Self.digest(String(header.dropFirst(Self.scheme.count)))
    var role: Role?
    // The digest's own comparison takes constant time.
    for key in keys where key.digest == digest { role = key.role }
    guard let role else { throw Self.refused("the key is not known") }
    return role
  }

  private static func digest(_ key: String) -> SHA256.Digest { SHA256.hash(data: Array(key.utf8)) }

  private static func refused(_ detail: String) -> Problem {
    Problem(
      status: .unauthorized, code: "unauthenticated", detail: detail, headers: [.wwwAuthenticate: challenge])
  }
}
