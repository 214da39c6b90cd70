import Crypto
import Foundation
import Hummingbird

/// Who may come in: the administrator's key of the home folder, and the keys that were made since.
struct Access: Sendable {
  private let admin: [UInt8]
  private let keys: KeyBook

  /// What a client is told to bring.
  static let challenge = "Bearer realm=\"laurel\""
  private static let scheme = "bearer "

  /// Knows the first key, and looks up the others.
  init(adminKey: String, keys: KeyBook) {
    admin = KeyText.digest(adminKey)
    self.keys = keys
  }

  /// Who holds the key in an `Authorization` header; throws a 401 for none and for an unknown one.
  ///
  /// A key is compared by its digest in constant time, so that the time says nothing about the secret; which
  /// number it has is no secret.
  func holder(authorization: String?) throws(Problem) -> Holder {
    guard let header = authorization, header.lowercased().hasPrefix(Self.scheme) else {
      throw Self.refused("a key is needed: Authorization: Bearer <key>")
    }
    let text = String(header.dropFirst(Self.scheme.count))
    if KeyText.matches(text, admin) { return Holder(role: .admin) }
    guard let given = KeyText(text), let key = keys.key(given.number),
      KeyText.matches(given.secret, key.digest)
    else { throw Self.refused("the key is not known") }
    return Holder(role: key.role, customer: key.customer)
  }

  private static func refused(_ detail: String) -> Problem {
    Problem(
      status: .unauthorized, code: "unauthenticated", detail: detail, headers: [.wwwAuthenticate: challenge])
  }
}

/// The text of a key: `lk_<number>.<secret>`. The number finds it, the secret proves it.
struct KeyText: Sendable {
  let number: Int64
  let secret: String

  init(number: Int64, secret: String) {
    self.number = number
    self.secret = secret
  }

  /// nil for what is no such text.
  init?(_ text: String) {
    guard text.hasPrefix(KeyFile.prefix) else { return nil }
    let parts = text.dropFirst(KeyFile.prefix.count).split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, let number = Int64(parts[0]), number > 0 else { return nil }
    self.init(number: number, secret: String(parts[1]))
  }

  var text: String { "\(KeyFile.prefix)\(number).\(secret)" }

  /// 256 random bits as text.
  static func secret(_ random: inout some RandomNumberGenerator) -> String {
    Base64URL.text((0..<KeyFile.randomBytes).map { _ in UInt8.random(in: .min ... .max, using: &random) })
  }

  /// What is kept of a secret: its SHA-256.
  ///
  /// A slow hash with salt protects passwords, which can be guessed; 256 random bits cannot, and this is
  /// computed for every request.
  static func digest(_ secret: String) -> [UInt8] { Array(SHA256.hash(data: Array(secret.utf8))) }

  /// Whether a secret has this digest; the digest's own comparison takes constant time.
  static func matches(_ secret: String, _ digest: [UInt8]) -> Bool {
    SHA256.hash(data: Array(secret.utf8)) == digest
  }
}
