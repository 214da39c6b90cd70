import Wire

/// The format of a source's files.
extension MappingDecoder {
  /// Columns of one file.
  private static var columnsMax: Int { 4_096 }

  mutating func recordFormat(_ field: String) throws(MappingError) -> RecordFormat {
    var kind: String?
    var dialect = CSVDialect()
    var columns: [String] = []
    var fixed: [FixedColumn] = []
    var members: [String] = []
    try object(field) { (decoder, key, inner) throws(MappingError) in
      if key == "kind" { kind = try decoder.reader.string(inner) } else { members.append(key) }
      switch key {
      case "kind": break
      case "delimiter": dialect.delimiter = try decoder.byte(inner)
      case "quote": dialect.quote = try decoder.optionalByte(inner)
      case "escape": dialect.escape = try decoder.optionalByte(inner)
      case "header": dialect.header = try decoder.reader.bool(inner)
      case "columns": (columns, fixed) = try decoder.columns(inner)
      default: throw MappingError(field: inner, reason: "is no member of a format")
      }
    }
    switch kind {
    case "csv":
      if !fixed.isEmpty {
        throw MappingError(field: "\(field).columns", reason: "has widths: that is of kind fixed")
      }
      try Self.check(dialect, columns, field)
      return .csv(dialect, columns: columns)
    case "json_lines":
      try Self.only([], members, field, kind: "json_lines")
      return .jsonLines
    case "fixed":
      try Self.only(["columns"], members, field, kind: "fixed")
      if fixed.isEmpty {
        throw MappingError(field: "\(field).columns", reason: "is missing: a list of {name, width, start?}")
      }
      if Set(fixed.map(\.name)).count != fixed.count {
        throw MappingError(field: "\(field).columns", reason: "has a name twice")
      }
      return .fixed(fixed)
    default: throw MappingError(field: "\(field).kind", reason: "is none of csv, json_lines, fixed")
    }
  }

  private static func only(
    _ taken: Set<String>, _ members: [String], _ field: String, kind: String
  ) throws(MappingError) {
    if let other = members.first(where: { !taken.contains($0) }) {
      throw MappingError(field: "\(field).\(other)", reason: "does not belong to kind \(kind)")
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

  /// Columns by name alone, or with the places of a line of fixed width.
  private mutating func columns(
    _ field: String
  ) throws(MappingError) -> (names: [String], fixed: [FixedColumn]) {
    var names: [String] = []
    var fixed: [FixedColumn] = []
    try reader.beginArray(field)
    while try reader.nextElement(field) {
      guard names.count + fixed.count < Self.columnsMax else {
        throw MappingError(field: field, reason: "more than \(Self.columnsMax) columns")
      }
      if try reader.kind(field) == .object {
        let next = fixed.last.map { $0.start + $0.width } ?? 0
        fixed.append(try fixedColumn("\(field)[\(fixed.count)]", after: next))
      } else {
        names.append(try reader.string(field))
      }
    }
    guard names.isEmpty || fixed.isEmpty else {
      throw MappingError(field: field, reason: "has some columns with a width and some without")
    }
    return (names, fixed)
  }

  /// `{"name", "width", "start"?}`: `start` counts from 1; without it the column follows the one before.
  private mutating func fixedColumn(_ field: String, after next: Int) throws(MappingError) -> FixedColumn {
    var name = ""
    var width = 0
    var start = next
    try object(field) { (decoder, key, inner) throws(MappingError) in
      switch key {
      case "name": name = try decoder.reader.string(inner)
      case "width": width = try decoder.place(inner)
      case "start": start = try decoder.place(inner) - 1
      default: throw MappingError(field: inner, reason: "is no member of a column")
      }
    }
    guard !name.isEmpty, width > 0 else {
      throw MappingError(field: field, reason: "needs a name and a width")
    }
    return FixedColumn(name: name, start: start, width: width)
  }

  /// Bytes of a line of fixed width.
  private static var lineBytesMax: Int { 65_536 }

  private mutating func place(_ field: String) throws(MappingError) -> Int {
    let text = try reader.number(field)
    guard let number = Int(text), (1...Self.lineBytesMax).contains(number) else {
      throw MappingError(field: field, reason: "must be a whole number from 1 to \(Self.lineBytesMax)")
    }
    return number
  }
}
