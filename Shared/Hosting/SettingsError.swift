/// Why a service cannot start with the settings it was given: everything that is wrong, at once.
public struct SettingsError: Error, Sendable, Equatable, CustomStringConvertible {
  /// One value, file or option that cannot be used.
  public struct Problem: Sendable, Equatable, CustomStringConvertible {
    /// The variable, the option or the file.
    public let name: String
    /// What was read, with secrets masked, and from where.
    public let read: String
    /// What would be right.
    public let allowed: String
    public var description: String { "\(name): read \(read), allowed is \(allowed)" }
  }

  public let problems: [Problem]
  public var description: String { problems.map(\.description).joined(separator: "\n") }
}
