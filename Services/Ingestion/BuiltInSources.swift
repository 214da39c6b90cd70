import Wire

/// The definitions that every installation begins with: one for each type of source, by its default mapping.
///
/// Those whose connector must first be told where the records are, are inactive; what is pushed to them is
/// taken all the same. In a later release a changed one replaces the untouched old one.
enum BuiltInSources {
  /// Events that are pushed without naming a source.
  static let push = "push"

  static var all: [SourceDefinition] {
    [
      source(push, "custom", #"{"kind":"push"}"#),
      source("app", "app", #"{"kind":"push"}"#),
      source("cdr", "cdr", #"{"kind":"file","directory":"","glob":"*.csv","format":"csv"}"#),
      source("network", "network", #"{"kind":"file","directory":"","glob":"*.csv","format":"csv"}"#),
      source("billing", "billing", #"{"kind":"file","directory":"","glob":"*.jsonl","format":"json_lines"}"#),
      source("crm", "crm", #"{"kind":"file","directory":"","glob":"*.jsonl","format":"json_lines"}"#),
      source("dwh", "dwh", #"{"kind":"sql","url":"","query":"","cursor_column":""}"#),
      source("xiva", "xiva", #"{"kind":"http","base_url":"","login_url":"","username":"","password":""}"#),
    ]
  }

  private static func source(_ name: String, _ type: String, _ connection: String) -> SourceDefinition {
    let format = connection.contains(#""format":"csv""#) ? "csv" : "json_lines"
    var definition = SourceDefinition(
      sourceName: name, sourceType: type,
      mapping: String(decoding: DefaultMapping.text(name: name, type: type, format: format), as: UTF8.self),
      origin: .default)
    definition.connection = connection
    definition.isActive = connection.contains(#""kind":"push""#)
    definition.syncFrequency = definition.isActive ? "real_time" : SourceDefinition.frequencyDefault
    return definition
  }
}
