/// What a service process does, decided from its command line and environment alone.
public enum Launch: Sendable {
  /// Print and end with this exit code.
  case finish(code: Int32, output: String)
  case run(Settings)
  case health(Settings)
  case rebuild(Settings)

  /// Decides; `words` are those after the program's name.
  public static func decide(
    service: String, version: String, declared: [Setting], words: [String], environment: [String: String]
  ) -> Launch {
    do {
      let arguments = try Arguments(words)
      switch arguments.mode {
      case .help: return .finish(code: 0, output: Settings.help(service: service, declared: declared))
      case .version: return .finish(code: 0, output: "laurel-\(service) \(version)")
      case .run, .check, .health, .rebuild: break
      }
      let settings = try Settings(
        declared: declared, arguments: arguments.overrides, environment: environment)
      return begin(arguments.mode, settings)
    } catch {
      return .finish(code: 1, output: "\(error)")
    }
  }

  private static func begin(_ mode: Arguments.Mode, _ settings: Settings) -> Launch {
    switch mode {
    case .health: return .health(settings)
    case .rebuild: return .rebuild(settings)
    case .check:
      let lines = [settings.report] + settings.warnings.map { "warning: \($0)" }
      return .finish(code: 0, output: lines.joined(separator: "\n"))
    default: return .run(settings)
    }
  }
}
