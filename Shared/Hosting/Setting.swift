import Wire

/// One value that a service reads at its start: its name, what it is when nobody says, and what it may be.
public struct Setting: Sendable {
  /// What a value may look like.
  public enum Kind: Sendable, Equatable {
    case text
    case integer(ClosedRange<Int>)
    case boolean
    /// A file or folder; relative ones count from the folder the service is started in.
    case path
    case choice([String])
    /// Values separated by commas.
    case list
    /// An IANA time zone.
    case zone
  }

  /// Begins with `LAUREL_`.
  public let name: String
  public let kind: Kind
  /// The default; `{LAUREL_HOME}` stands for the value of that setting, if declared earlier.
  public let initial: String
  public let help: String
  /// Never printed.
  public let secret: Bool

  /// Declares a setting.
  public init(_ name: String, _ kind: Kind, default initial: String, secret: Bool = false, help: String) {
    precondition(name.hasPrefix(Setting.prefix), "the name of a setting begins with \(Setting.prefix)")
    self.name = name
    self.kind = kind
    self.initial = initial
    self.help = help
    self.secret = secret
  }

  /// What all names begin with.
  public static let prefix = "LAUREL_"

  /// Its key in a configuration file: `LAUREL_GATEWAY_URLS` is `gateway_urls`.
  public var fileKey: String { name.dropFirst(Setting.prefix.count).lowercased() }

  /// Its option on the command line: `LAUREL_GATEWAY_URLS` is `--gateway-urls`.
  public var option: String { "--" + fileKey.replacing("_", with: "-") }

  /// What may be written, in words.
  public var allowed: String {
    switch kind {
    case .text: "any text"
    case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .boolean: "true, false, yes, no, on, off, 1 or 0"
    case .path: "a path"
    case .choice(let words): "one of " + words.joined(separator: ", ")
    case .list: "values separated by commas"
    case .zone: "an IANA time zone such as UTC or Europe/Berlin"
    }
  }
}

extension Setting {
  /// The most partitions a programme may be divided into.
  public static let partitionsMax = Partitioning.countMax

  /// What every service reads; `instance` is the name of this replica when nobody gives it one.
  public static func common(service: String, instance: String) -> [Setting] {
    [
      Setting(
        "LAUREL_CONFIG", .path, default: "",
        help: "a YAML or JSON file with settings, for example partitions: 64; the environment comes first"),
      Setting("LAUREL_HOME", .path, default: "./laurel-home", help: "the folder that holds data and sockets"),
      Setting(
        "LAUREL_RUN", .path, default: "{LAUREL_HOME}/run",
        help: "the folder of the sockets, shared by all services"),
      Setting(
        "LAUREL_DATABASE", .text, default: "sqlite:{LAUREL_HOME}/\(service).sqlite",
        help: "sqlite:FILE or postgres://USER:PASSWORD@HOST:PORT/NAME"),
      Setting(
        "LAUREL_PARTITIONS", .integer(1...partitionsMax), default: "64",
        help: "into how many partitions customers are divided; fixed by the first start"),
      Setting("LAUREL_ZONE", .zone, default: "UTC", help: "the time zone of the programme's calendar days"),
      Setting(
        "LAUREL_CLOCK", .choice(["system", "stepped"]), default: "system",
        help: "stepped: time moves only when it is told to"),
      Setting("LAUREL_INSTANCE", .text, default: instance, help: "the name of this replica"),
      Setting(
        "LAUREL_LISTEN", .text, default: "ipc",
        help: "ipc, or tcp://HOST:PORT: that port for requests, the next two for bell and health"),
      Setting("LAUREL_LOG", .choice(["text", "json"]), default: "text", help: "how log lines are written"),
      Setting(
        "LAUREL_LOG_LEVEL", .choice(["trace", "debug", "info", "notice", "warning", "error", "critical"]),
        default: "info", help: "the least severe level that is written"),
      Setting(
        "LAUREL_GATEWAY_URLS", .list, default: "ipc://{LAUREL_RUN}/gateway.rpc",
        help: "where the gateways listen"),
      Setting(
        "LAUREL_SILENT", .boolean, default: "false",
        help: "ring no bells and hear none: everything then moves by ticks, for tests"),
    ]
  }
}
