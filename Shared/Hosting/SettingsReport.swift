extension Settings {
  /// What `--check` prints: a line each with name, value, source and help; secrets are masked.
  public var report: String {
    var rows = [["NAME", "VALUE", "SOURCE", "HELP"]]
    for setting in declared {
      guard let value = values[setting.name] else { continue }
      let shown = SettingValue.shown(value.text, secret: setting.secret)
      rows.append([setting.name, shown.isEmpty ? "-" : shown, value.source, setting.help])
    }
    return Self.table(rows)
  }

  /// What `--help` prints.
  public static func help(service: String, declared: [Setting]) -> String {
    var rows = [["OPTION", "VARIABLE", "DEFAULT", "HELP"]]
    for setting in declared {
      let initial = SettingValue.shown(setting.initial, secret: setting.secret)
      let help = "\(setting.help) (\(setting.allowed))"
      rows.append([setting.option, setting.name, initial.isEmpty ? "-" : initial, help])
    }
    return """
      usage: laurel-\(service) [--check | --health | --rebuild | --help | --version] [--name value ...]

        --check    print the settings as they would be used, and what is wrong with them
        --health   ask the running service whether it is well
        --rebuild  fold everything again while the service is down, and compare
        --help     this text
        --version  the version

      Settings come from the command line, then the environment, then the file that LAUREL_CONFIG names.

      \(table(rows))
      """
  }

  /// Columns as wide as their widest cell; the last one is free.
  static func table(_ rows: [[String]]) -> String {
    let columns = (rows.first?.count ?? 1) - 1
    let widths = (0..<columns).map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
      return (cells + [row[columns]]).joined(separator: "  ")
    }.joined(separator: "\n")
  }
}
