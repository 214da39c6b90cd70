/// The command line of a service: what to do, and settings given there.
///
/// `--name value` and `--name=value` both set `LAUREL_NAME`; a dash inside the name is an underscore.
public struct Arguments: Sendable, Equatable {
  /// What the process is asked for.
  public enum Mode: String, Sendable, CaseIterable { case run, check, health, rebuild, help, version }

  public var mode: Mode = .run
  /// Settings by their names, `LAUREL_...`.
  public var overrides: [String: String] = [:]

  /// Reads the words after the program's name.
  ///
  /// Throws `SettingsError` for a word that is no option, an option without a value and a second mode.
  public init(_ words: [String]) throws(SettingsError) {
    var rest = words[...]
    while let word = rest.popFirst() {
      guard word.hasPrefix("--"), word.count > 2 else {
        throw Self.refused(word, "options only, such as --check or --zone UTC")
      }
      let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(parts[0])
      if parts.count == 1, let mode = Mode(rawValue: name), mode != .run {
        try choose(mode)
      } else if let value = parts.count == 2 ? String(parts[1]) : Self.value(&rest) {
        overrides[Self.variable(name)] = value
      } else {
        throw Self.refused(word, "\(word) VALUE")
      }
    }
  }

  private mutating func choose(_ next: Mode) throws(SettingsError) {
    guard mode == .run || mode == next else {
      throw Self.refused("--\(next)", "only one of --check --health --rebuild --help --version")
    }
    mode = next
  }

  /// The next word, unless it is an option itself; a value that begins with dashes needs `--name=value`.
  private static func value(_ rest: inout ArraySlice<String>) -> String? {
    guard let next = rest.first, !next.hasPrefix("--") else { return nil }
    return rest.popFirst()
  }

  /// `gateway-urls` is `LAUREL_GATEWAY_URLS`.
  static func variable(_ option: String) -> String {
    Setting.prefix + option.uppercased().replacing("-", with: "_")
  }

  private static func refused(_ word: String, _ allowed: String) -> SettingsError {
    SettingsError(problems: [.init(name: "command line", read: word, allowed: allowed)])
  }
}
