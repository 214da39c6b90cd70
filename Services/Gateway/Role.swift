/// What the holder of a key may do (api.md, Access).
enum Role: String, Sendable, CaseIterable {
  /// Reads.
  case viewer
  /// Reads, and works with missions, segments, badges and jobs.
  case `operator`
  /// Sends events, and nothing else.
  case source
  /// Sees what is its own, and nothing else.
  case customer
  case admin
}

extension Set<Role> {
  /// Who sees everything but keys.
  static let readers: Self = [.viewer, .operator, .admin]
  /// Who sees what belongs to a customer: the customer only its own.
  static let owners: Self = [.viewer, .operator, .admin, .customer]
  static let operators: Self = [.operator, .admin]
  static let senders: Self = [.source, .admin]
  static let admins: Self = [.admin]
}

/// Who asks: what a key says of its holder.
struct Holder: Sendable, Equatable {
  let role: Role
  /// The customer that a key of the role `customer` is for.
  var customer: String?

  /// Throws a 403 unless the role is one of these.
  func check(_ roles: Set<Role>) throws(Problem) {
    guard !roles.contains(role) else { return }
    let names = roles.map(\.rawValue).sorted().joined(separator: ", ")
    throw Self.refused("this key is a \(role.rawValue)'s; this needs one of: \(names)")
  }

  /// Whether what belongs to a customer may be shown.
  func sees(_ customer: String) -> Bool { role != .customer || self.customer == customer }

  static func refused(_ detail: String) -> Problem {
    Problem(status: .forbidden, code: "permission_denied", detail: detail)
  }
}
