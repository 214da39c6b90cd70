import Wire

/// The settings of a service, read once, checked, and asked for by name.
public struct Settings: Sendable {
  /// One value, after all sources were asked.
  public struct Value: Sendable, Equatable {
    public let text: String
    /// `default`, `environment`, `command line` or `file PATH`.
    public let source: String
  }

  /// In the order of declaration.
  public let declared: [Setting]
  public let values: [String: Value]
  /// Names that look like settings and are none.
  public let warnings: [String]

  /// Reads all declared settings: command line first, then the environment, then the file.
  ///
  /// - Parameters:
  ///   - arguments: by name, `LAUREL_...`; an unknown one is an error.
  ///   - environment: an unknown `LAUREL_...` is a warning, an empty one counts as absent.
  ///   - file: YAML, or JSON if it ends in `.json`; nil: the one that LAUREL_CONFIG names, if any.
  /// Throws everything that is wrong at once, each with its name, what was read and what is allowed.
  public init(
    declared: [Setting], arguments: [String: String] = [:], environment: [String: String],
    file: String? = nil
  ) throws(SettingsError) {
    let path = file ?? arguments["LAUREL_CONFIG"] ?? environment["LAUREL_CONFIG"] ?? ""
    let sources = try SettingSources(arguments: arguments, environment: environment, path: path)
    var values: [String: Value] = [:]
    var problems = Self.unknownArguments(sources, declared)
    for setting in declared {
      do {
        values[setting.name] = try Self.read(setting, sources, values)
      } catch {
        problems += error.problems
      }
    }
    guard problems.isEmpty else { throw SettingsError(problems: problems) }
    self.declared = declared
    self.values = values
    warnings = Self.warnings(sources, declared, path: path)
  }

  private static func read(
    _ setting: Setting, _ sources: SettingSources, _ known: [String: Value]
  ) throws(SettingsError) -> Value {
    guard let found = try sources.value(setting) else {
      return Value(text: SettingValue.expanded(setting.initial, known), source: "default")
    }
    if let text = SettingValue.accepted(found.text, setting.kind) {
      return Value(text: text, source: found.source)
    }
    let read = "\"\(SettingValue.shown(found.text, secret: setting.secret))\" from the \(found.source)"
    throw SettingsError(problems: [.init(name: setting.name, read: read, allowed: setting.allowed)])
  }

  private static func unknownArguments(
    _ sources: SettingSources, _ declared: [Setting]
  ) -> [SettingsError.Problem] {
    let known = Set(declared.map(\.name))
    return sources.names.arguments.filter { !known.contains($0) }.map { name in
      let option = "--" + name.dropFirst(Setting.prefix.count).lowercased().replacing("_", with: "-")
      return .init(name: "command line", read: option, allowed: "the options that --help lists")
    }
  }

  private static func warnings(_ sources: SettingSources, _ declared: [Setting], path: String) -> [String] {
    let names = Set(declared.map(\.name))
    let keys = Set(declared.map(\.fileKey))
    return sources.names.environment.filter { !names.contains($0) }.map {
      "\($0) is no setting of this service"
    }
      + sources.fileKeys.filter { !keys.contains($0) }.map {
        "\($0) in \(path) is no setting of this service"
      }
  }

  private func value(_ name: String) -> String {
    guard let value = values[name] else { preconditionFailure("the setting \(name) is not declared") }
    return value.text
  }

  /// The text of a setting; empty when its default is empty and nobody gave one.
  public func text(_ name: String) -> String { value(name) }

  /// The value of a setting declared as `.integer`.
  public func integer(_ name: String) -> Int {
    guard let number = Int(value(name)) else { preconditionFailure("\(name) is not declared as an integer") }
    return number
  }

  /// The value of a setting declared as `.boolean`.
  public func boolean(_ name: String) -> Bool { SettingValue.truth(value(name)) ?? false }

  /// The path of a setting declared as `.path`, as it was given.
  public func path(_ name: String) -> String { value(name) }

  /// The time zone of a setting declared as `.zone`.
  public func zone(_ name: String) -> Zone {
    guard let zone = try? Zone(named: value(name)) else {
      preconditionFailure("\(name) is not declared as a zone")
    }
    return zone
  }

  /// The values of a setting declared as `.list`, without blanks around them and without empty ones.
  public func list(_ name: String) -> [String] {
    value(name).split(separator: ",").map { $0.trimmingPrefix(" ") }.map { part in
      var part = part
      while part.last == " " { part.removeLast() }
      return String(part)
    }.filter { !$0.isEmpty }
  }
}
