import Contracts
import Rules
import Wire

extension Mapping {
  /// Compiles a mapping from JSON (a YAML file is made JSON before); throws naming the member at fault.
  ///
  /// Members: `name`, `type`, `format {kind, delimiter, quote, escape, header, columns}`, `zone`,
  /// `announce_from`, `events [{when, customer_id, event_type, value, unit, timestamp, source_event_id,
  /// metadata, reverses_source, reverses_id}]`, `skip`. An unknown member is refused. `zone` is that of local
  /// times where the mapping names none.
  init(json: some Collection<UInt8>, zone: Zone = .utc) throws(MappingError) {
    guard json.count <= MappingLimits.textBytesMax else {
      throw MappingError(field: "mapping", reason: "more than \(MappingLimits.textBytesMax) bytes")
    }
    var decoder = MappingDecoder(text: Array(json), zone: zone)
    self = try decoder.mapping()
  }
}

/// Reads a mapping's members and gives each path a slot.
struct MappingDecoder {
  var reader: MappingReader
  private(set) var paths: [FieldPath] = []
  private var name: String?
  private var type: String?
  private var format: RecordFormat?
  private var zone: Zone
  private var announceFrom: (text: String, field: String)?
  private var shapes: [MappingShape] = []
  private var conditions: [Rule?] = []
  private var skip: Rule?

  init(text: [UInt8], zone: Zone) {
    reader = MappingReader(text: text)
    self.zone = zone
  }

  mutating func mapping() throws(MappingError) -> Mapping {
    try object("mapping") { (decoder, key, field) throws(MappingError) in try decoder.member(key, field) }
    try reader.finish()
    guard let name else { throw MappingError(field: "name", reason: "is missing") }
    guard let type else { throw MappingError(field: "type", reason: "is missing") }
    guard let format else { throw MappingError(field: "format", reason: "is missing") }
    guard !shapes.isEmpty else { throw MappingError(field: "events", reason: "needs at least one event") }
    try check(format)
    return Mapping(
      name: name, type: type, format: format, zone: zone, announceFrom: try announcement(), paths: paths,
      shapes: shapes, skip: skip.map(Condition.init),
      conditions: conditions.map { $0.map(Condition.init) },
      identityStart: Mapping.identityStart(of: name))
  }

  /// Reads an object member by member; a member that comes twice is refused.
  mutating func object(
    _ field: String, _ member: (inout MappingDecoder, String, String) throws(MappingError) -> Void
  ) throws(MappingError) {
    try reader.beginObject(field)
    var seen: Set<String> = []
    while let key = try reader.nextKey(field) {
      let inner = field == "mapping" ? key : "\(field).\(key)"
      guard seen.insert(key).inserted else { throw MappingError(field: inner, reason: "is given twice") }
      try member(&self, key, inner)
    }
  }

  private mutating func member(_ key: String, _ field: String) throws(MappingError) {
    switch key {
    case "name": name = try sourceName(field)
    case "type": type = try reader.string(field)
    case "format": format = try recordFormat(field)
    case "zone":
      let name = try reader.string(field)
      do throws(ZoneError) { zone = try Zone(named: name) } catch {
        throw MappingError(field: field, reason: error.description)
      }
    case "announce_from": announceFrom = (try reader.string(field), field)
    case "events": try events(field)
    case "skip": skip = try rule(field)
    default: throw MappingError(field: field, reason: "is no member of a mapping")
    }
  }

  private mutating func sourceName(_ field: String) throws(MappingError) -> String {
    let name = try reader.string(field)
    let visible = name.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
    guard !name.isEmpty, visible, name.utf8.count <= MappingLimits.nameBytesMax else {
      throw MappingError(
        field: field, reason: "needs 1 to \(MappingLimits.nameBytesMax) bytes without controls")
    }
    return name
  }

  private mutating func events(_ field: String) throws(MappingError) {
    try reader.beginArray(field)
    while try reader.nextElement(field) {
      guard shapes.count < MappingLimits.shapesMax else {
        throw MappingError(field: field, reason: "more than \(MappingLimits.shapesMax) events")
      }
      let (shape, condition) = try shape("\(field)[\(shapes.count)]", number: shapes.count + 1)
      shapes.append(shape)
      conditions.append(condition)
    }
  }

  /// RFC 3339, or a day, which begins in the mapping's zone.
  private func announcement() throws(MappingError) -> Int64? {
    guard let announceFrom else { return nil }
    if let day = Day(announceFrom.text) { return zone.start(of: day) }
    guard let micros = RFC3339.micros(announceFrom.text.utf8, zone: zone) else {
      throw MappingError(
        field: announceFrom.field, reason: "\(announceFrom.text) is neither a time nor a day")
    }
    return micros
  }

  /// The slot of a path; the same path has the same one.
  mutating func slot(_ text: String, _ field: String) throws(MappingError) -> Int {
    guard let slot = Self.slot(text, &paths) else {
      throw MappingError(field: field, reason: "\(text) is no path")
    }
    return slot
  }

  private static func slot(_ text: String, _ paths: inout [FieldPath]) -> Int? {
    guard let path = FieldPath(text) else { return nil }
    if let known = paths.firstIndex(of: path) { return known }
    paths.append(path)
    return paths.count - 1
  }

  mutating func rule(_ field: String) throws(MappingError) -> Rule {
    let text = try reader.skip(field)
    do throws(RuleError) {
      return try Rule(json: text) { Self.slot($0, &paths) }
    } catch {
      throw MappingError(field: field, reason: error.description)
    }
  }

  /// In CSV and lines of fixed width every path must be able to be a column.
  private func check(_ format: RecordFormat) throws(MappingError) {
    switch format {
    case .jsonLines: break
    case .csv(let dialect, let columns): try check(columns: columns, isWhole: !dialect.header)
    case .fixed(let columns): try check(columns: columns.map(\.name), isWhole: true)
    }
  }

  private func check(columns: [String], isWhole: Bool) throws(MappingError) {
    for path in paths {
      if path.columnNumber != nil { continue }
      guard let name = path.column else {
        throw MappingError(
          field: path.description, reason: "is no column: name one, or give its number as [2]")
      }
      if !isWhole { continue }
      guard columns.contains(where: { Array($0.utf8) == name }) else {
        throw MappingError(
          field: path.description, reason: "is not among format.columns of a file without header")
      }
    }
  }
}
