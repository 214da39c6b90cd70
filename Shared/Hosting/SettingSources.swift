import Configuration
import Foundation

/// Where raw values come from, the first that has one wins: command line, environment, file.
struct SettingSources {
  private let arguments: [String: String]
  private let environment: [String: String]
  private let variables: EnvironmentVariablesProvider
  private let file: (any ConfigSnapshot)?
  private let path: String
  /// The keys at the file's top level.
  let fileKeys: [String]

  /// The largest configuration file that is read.
  static let fileBytesMax = 1 << 20

  /// Reads the file at `path`, if there is one; an empty path means none.
  init(arguments: [String: String], environment: [String: String], path: String) throws(SettingsError) {
    self.arguments = arguments
    self.environment = environment
    self.path = path
    variables = EnvironmentVariablesProvider(environmentVariables: environment)
    guard !path.isEmpty else {
      file = nil
      fileKeys = []
      return
    }
    let data = try Self.read(path)
    do {
      file = try Self.parse(data, path: path)
    } catch {
      throw Self.refused(path, "text that cannot be parsed (\(error))", "YAML, or JSON in a file named .json")
    }
    fileKeys = Self.topLevelKeys(data, path: path)
  }

  /// The raw value and where it stood, or nil.
  func value(_ setting: Setting) throws(SettingsError) -> (text: String, source: String)? {
    if let text = arguments[setting.name] { return (text, "command line") }
    if let text = variable(setting.name) { return (text, "environment") }
    return try inFile(setting).map { ($0, "file \(path)") }
  }

  /// An empty variable counts as absent: that is how compose files pass what nobody set.
  private func variable(_ name: String) -> String? {
    guard let text = try? variables.environmentValue(forName: name), !text.isEmpty else { return nil }
    return text
  }

  /// Names given in the environment or on the command line that begin like a setting.
  var names: (arguments: [String], environment: [String]) {
    let given = environment.keys.filter { $0.hasPrefix(Setting.prefix) }
    return (arguments.keys.sorted(), given.sorted())
  }

  /// JSON numbers and truth values are taken as they are written; lists become values with commas.
  private func inFile(_ setting: Setting) throws(SettingsError) -> String? {
    guard let file else { return nil }
    let key = AbsoluteConfigKey([setting.fileKey])
    for type in [ConfigType.string, .stringArray, .bool, .int, .double] {
      // JSON keeps truth values and numbers in one kind, so a number would read as a truth value.
      if type == .bool, setting.kind != .boolean { continue }
      do {
        guard let value = try file.value(forKey: key, type: type).value else { return nil }
        return Self.text(value.content)
      } catch {
        continue
      }
    }
    throw Self.refused(setting.name, "a structure in \(path)", setting.allowed)
  }

  private static func text(_ content: ConfigContent) -> String? {
    switch content {
    case .string(let text): text
    case .int(let number): String(number)
    case .double(let number): String(number)
    case .bool(let truth): truth ? "true" : "false"
    case .stringArray(let texts): texts.joined(separator: ",")
    default: nil
    }
  }
}

extension SettingSources {
  private static func read(_ path: String) throws(SettingsError) -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw refused("LAUREL_CONFIG", path, "the path of a file that can be read")
    }
    guard data.count <= fileBytesMax else {
      throw refused("LAUREL_CONFIG", "\(data.count) bytes", "a file of at most \(fileBytesMax) bytes")
    }
    return [UInt8](data)
  }

  private static func parse(_ bytes: [UInt8], path: String) throws -> any ConfigSnapshot {
    if path.hasSuffix(".json") {
      return try JSONSnapshot(data: bytes.span.bytes, providerName: path, parsingOptions: .default)
    }
    // An empty document is no mapping, yet an empty file is a fine file without settings.
    let empty = bytes.allSatisfy { $0 <= 0x20 }
    let text = empty ? Array("{}".utf8) : bytes
    return try YAMLSnapshot(data: text.span.bytes, providerName: path, parsingOptions: .default)
  }

  /// Snapshots cannot be listed, and a misspelt key must not pass in silence.
  private static func topLevelKeys(_ bytes: [UInt8], path: String) -> [String] {
    if path.hasSuffix(".json") {
      let object = try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
      return (object ?? [:]).keys.sorted()
    }
    return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).compactMap { line in
      guard let first = line.first, first.isLetter, let colon = line.firstIndex(of: ":") else { return nil }
      return String(line[..<colon])
    }
  }

  private static func refused(_ name: String, _ read: String, _ allowed: String) -> SettingsError {
    SettingsError(problems: [.init(name: name, read: read, allowed: allowed)])
  }
}
