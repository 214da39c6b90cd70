import Wire

/// The format of a source's files.
extension MappingDecoder {
  /// Columns of one file.
  private static var columnsMax: Int { 4_096 }

  mutating func recordFormat(_ field: String) throws(MappingError) -> RecordFormat {
    var kind: String?
    var dialect = CSVDialect()
    var columns: [String] = []
    var csvMember: String?
    try object(field) { (decoder, key, inner) throws(MappingError) in
      if key == "kind" { kind = try decoder.reader.string(inner) } else { csvMember = inner }
      switch key {
      case "kind": break
      case "delimiter": dialect.delimiter = try decoder.byte(inner)
      case "quote": dialect.quote = try decoder.optionalByte(inner)
      case "escape": dialect.escape = try decoder.optionalByte(inner)
      case "header": dialect.header = try decoder.reader.bool(inner)
      case "columns": columns = try decoder.columns(inner)
      default: throw MappingError(field: inner, reason: "is no member of a format")
      }
    }
    switch kind {
    case "csv":
      try Self.check(dialect, columns, field)
      return .csv(dialect, columns: columns)
    case "json_lines":
      if let csvMember { throw MappingError(field: csvMember, reason: "belongs to kind csv") }
      return .jsonLines
    default: throw MappingError(field: "\(field).kind", reason: "is neither csv nor json_lines")
    }
  }

  private static func check(
    _ dialect: CSVDialect, _ columns: [String], _ field: String
  ) throws(MappingError) {
    if dialect.delimiter == dialect.quote {
      throw MappingError(field: "\(field).quote", reason: "is also the delimiter")
    }
    if dialect.escape != nil, dialect.escape == dialect.delimiter {
      throw MappingError(field: "\(field).escape", reason: "is also the delimiter")
    }
    if dialect.header, !columns.isEmpty {
      throw MappingError(field: "\(field).columns", reason: "is for a file without header")
    }
    if Set(columns).count != columns.count {
      throw MappingError(field: "\(field).columns", reason: "has a name twice")
    }
  }

  /// One ASCII character that is no line end; a tab may be written `tab`.
  private mutating func byte(_ field: String) throws(MappingError) -> UInt8 {
    let text = try reader.string(field)
    if text == "tab" { return 0x09 }
    guard text.utf8.count == 1, let byte = text.utf8.first, byte != 0x0A, byte != 0x0D else {
      throw MappingError(field: field, reason: "must be one ASCII character, or tab")
    }
    return byte
  }

  /// A character, or null or an empty text for none.
  private mutating func optionalByte(_ field: String) throws(MappingError) -> UInt8? {
    if try reader.takeNull(field) { return nil }
    let before = reader
    if try reader.string(field).isEmpty { return nil }
    reader = before
    return try byte(field)
  }

  private mutating func columns(_ field: String) throws(MappingError) -> [String] {
    var columns: [String] = []
    try reader.beginArray(field)
    while try reader.nextElement(field) {
      guard columns.count < Self.columnsMax else {
        throw MappingError(field: field, reason: "more than \(Self.columnsMax) columns")
      }
      columns.append(try reader.string(field))
    }
    return columns
  }
}
