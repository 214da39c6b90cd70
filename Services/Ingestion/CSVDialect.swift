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
  /// Fields at fixed places of each line.
  case fixed([FixedColumn])

  /// Whether the first record is a header.
  var hasHeader: Bool {
    if case .csv(let dialect, _) = self { dialect.header } else { false }
  }
}

/// A field of lines whose fields have fixed places; blanks around its text are none of it.
struct FixedColumn: Sendable, Hashable {
  let name: String
  /// Bytes before it in the line.
  let start: Int
  /// Its bytes; the last ones of a line may be missing.
  let width: Int

  /// What of a line is the field's; nil where the line ends before it.
  func text(of line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    guard start < line.count || (start == 0 && line.isEmpty) else { return nil }
    var field = line.dropFirst(start).prefix(width)
    while field.first == 0x20 { field = field.dropFirst() }
    while let last = field.last, last == 0x20 || last == 0x0D { field = field.dropLast() }
    return field
  }
}
