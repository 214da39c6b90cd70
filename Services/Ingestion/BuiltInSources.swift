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
      source("dwh", "dwh", warehouse),
      source("xiva", "xiva", xiva),
    ]
  }

  /// A table of features by customer, each with the time at which it was last computed.
  private static let warehouse = String(
    decoding: JSONWriter.object { writer in
      writer.member("kind", "sql")
      writer.member("url", "")
      writer.member(
        "query",
        "SELECT customer_id, updated_at AS timestamp, jsonb_strip_nulls(jsonb_build_object('tenure', tenure, "
          + "'lifetime_value', lifetime_value, 'churn_probability', churn_probability, "
          + "'total_revenue', total_revenue, 'transaction_count', transaction_count)) AS features "
          + "FROM customer_features")
      writer.member("cursor_column", "timestamp")
    }, as: UTF8.self)

  /// Events by offset and limit, behind a login that gives a token.
  private static let xiva =
    #"{"kind":"http","url":"","records":"data","paging":{"kind":"offset","offset":"offset","limit":"limit","#
    + #""size":500},"auth":{"kind":"login","url":"","username":"","password":"","at":"access_token"}}"#

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
