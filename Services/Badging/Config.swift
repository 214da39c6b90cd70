import Foundation

/// What this process is given from outside.
enum Config {
  static let version = "0.1.0"

  /// The command line after the program's name.
  static var words: [String] { Array(CommandLine.arguments.dropFirst()) }

  /// The environment; settings are read from it by name (Shared/Hosting).
  static var environment: [String: String] { ProcessInfo.processInfo.environment }
}
