/// How a CSV file is written.
struct CSVDialect: Sendable, Hashable {
  /// Between two fields.
  var delimiter = UInt8(ascii: ",")
  /// Around a field that holds delimiters or line ends; nil where the file knows no quotes.
  var quote: UInt8? = UInt8(ascii: "\"")
  /// Before a quote inside of quotes; nil where a quote is doubled instead (RFC 4180).
  var escape: UInt8?
  /// Whether the first record names the columns.
  var header = true
}

/// How a file's bytes become records.
enum RecordFormat: Sendable, Hashable {
  /// `columns` names the columns of a file without header.
  case csv(CSVDialect, columns: [String])
  /// One JSON object in each line.
  case jsonLines

  /// Whether the first record is a header.
  var hasHeader: Bool {
    if case .csv(let dialect, _) = self { dialect.header } else { false }
  }
}
