import Wire

/// A key as it is kept: everything but its secret.
struct APIKey: Sendable, Equatable {
  /// The longest name, in bytes.
  static let nameBytesMax = 128
  /// The most keys that are in force at a time.
  static let livingMax = 1_000

  /// Given once, never again; the id is `k-<number>`.
  let number: Int64
  /// What people know it by.
  let name: String
  let role: Role
  /// Of the role `customer` only: whose page it opens.
  let customer: String?
  /// The SHA-256 of the secret.
  let digest: [UInt8]
  /// Unix microseconds.
  let createdAt: Int64
  /// Unix microseconds; nil while it is in force.
  var revokedAt: Int64?

  var id: String { "k-\(number)" }

  /// The number of an id; nil for what is none.
  static func number(_ id: String) -> Int64? {
    guard id.hasPrefix("k-"), let number = Int64(id.dropFirst(2)), number > 0, id == "k-\(number)" else {
      return nil
    }
    return number
  }

  /// `{id, name, role, customer_id, created_at, revoked_at}`; once, at its making, with `key`.
  func body(secret: String? = nil) -> [UInt8] {
    JSONWriter.object { writer in
      writer.member("id", id)
      writer.member("name", name)
      writer.member("role", role.rawValue)
      writer.key("customer_id")
      if let customer { writer.string(customer) } else { writer.null() }
      writer.member("created_at", RFC3339.text(micros: createdAt))
      writer.key("revoked_at")
      if let revokedAt { writer.string(RFC3339.text(micros: revokedAt)) } else { writer.null() }
      if let secret { writer.member("key", KeyText(number: number, secret: secret).text) }
    }
  }
}
