import Contracts
import Rules
import Wire

/// The shapes of events and their fields.
extension MappingDecoder {
  mutating func shape(_ field: String, number: Int) throws(MappingError) -> (MappingShape, Rule?) {
    var shape = MappingShape(number: number)
    var condition: Rule?
    var given: Set<String> = []
    try object(field) { (decoder, key, inner) throws(MappingError) in
      given.insert(key)
      switch key {
      case "when": condition = try decoder.rule(inner)
      case "customer_id": shape.customer = try decoder.spec(inner)
      case "event_type": shape.type = try decoder.eventType(inner)
      case "value": shape.value = try decoder.spec(inner)
      case "unit": shape.unit = try decoder.spec(inner)
      case "timestamp": shape.timestamp = try decoder.spec(inner)
      case "source_event_id": shape.sourceEventID = try decoder.spec(inner)
      case "reverses_source": shape.reversesSource = try decoder.spec(inner)
      case "reverses_id": shape.reversesID = try decoder.spec(inner)
      case "metadata": try decoder.metadata(inner, &shape)
      default: throw MappingError(field: inner, reason: "is no member of an event")
      }
    }
    shape.constantType = shape.type.const.flatMap { EventType(name: $0.written) }
    try Self.check(shape, given, field)
    shape.constantUnit = try Self.constantUnit(shape, field)
    return (shape, condition)
  }

  private static func check(
    _ shape: MappingShape, _ given: Set<String>, _ field: String
  ) throws(MappingError) {
    for name in ["customer_id", "event_type"] where !given.contains(name) {
      throw MappingError(field: "\(field).\(name)", reason: "is missing")
    }
    let types = shape.type.constants.compactMap { EventType(name: $0.written) }
    if types != [.reversal], shape.timestamp == nil {
      throw MappingError(field: "\(field).timestamp", reason: "is missing")
    }
    if types.contains(.reversal), shape.reversesID == nil {
      throw MappingError(
        field: "\(field).reverses_id", reason: "is missing: it names the record to take back")
    }
  }

  /// What a mapping names outright is looked up here, once; where the type comes from the record nothing is.
  private static func constantUnit(
    _ shape: MappingShape, _ field: String
  ) throws(MappingError) -> MappedUnit? {
    guard let type = shape.constantType else { return nil }
    guard let unit = shape.unit else { return MappedUnit(text: ValueUnit.of(type)) }
    guard let const = unit.const else { return nil }
    guard let text = Mapping.text(const), let known = Mapping.unit(text, type) else {
      throw MappingError(
        field: "\(field).unit", reason: "\(Mapping.quote(const)) is no unit of \(type.rawValue)")
    }
    return known
  }

  /// Every type that the mapping itself names must be one.
  private mutating func eventType(_ field: String) throws(MappingError) -> FieldSpec {
    let spec = try spec(field)
    for constant in spec.constants where EventType(name: constant.written) == nil {
      throw MappingError(field: field, reason: "\(Mapping.quote(constant)) is no event type")
    }
    return spec
  }

  /// A path, or several of which the first with a value counts, or an object of `path`, `const`, `default`,
  /// `map`, `format`, `scale`.
  mutating func spec(_ field: String) throws(MappingError) -> FieldSpec {
    var spec = FieldSpec()
    if try reader.kind(field) != .object {
      try paths(field, &spec)
      return spec
    }
    try object(field) { (decoder, key, inner) throws(MappingError) in
      guard try decoder.read(key, inner, &spec) else {
        throw MappingError(field: inner, reason: "is none of path, const, default, map, format, scale")
      }
    }
    try Self.check(spec, field)
    return spec
  }

  private mutating func paths(_ field: String, _ spec: inout FieldSpec) throws(MappingError) {
    guard try reader.kind(field) == .array else {
      spec.slot = try slot(try reader.string(field), field)
      return
    }
    try reader.beginArray(field)
    while try reader.nextElement(field) {
      let slot = try slot(try reader.string(field), field)
      guard spec.others.count < MappingLimits.alternativesMax else {
        throw MappingError(field: field, reason: "more than \(MappingLimits.alternativesMax) paths")
      }
      if spec.slot == nil { spec.slot = slot } else { spec.others.append(slot) }
    }
  }

  private static func check(_ spec: FieldSpec, _ field: String) throws(MappingError) {
    let steps = spec.slot != nil || spec.fallback != nil || spec.table != nil
    if spec.const != nil, steps {
      throw MappingError(field: field, reason: "a const stands alone")
    }
    if spec.const == nil, spec.slot == nil {
      throw MappingError(field: field, reason: "needs a path or a const")
    }
  }

  private mutating func read(
    _ key: String, _ field: String, _ spec: inout FieldSpec
  ) throws(MappingError) -> Bool {
    switch key {
    case "path": try paths(field, &spec)
    case "const": spec.const = try reader.scalar(field)
    case "default": spec.fallback = try reader.scalar(field)
    case "map": spec.table = try table(field)
    case "format":
      let text = try reader.string(field)
      do throws(TimeFormatError) { spec.format = try TimeFormat(text) } catch {
        throw MappingError(field: field, reason: error.reason)
      }
    case "scale":
      let scalar = try reader.scalar(field)
      guard let scale = ExactNumber(scalar.written), scale.mantissa != 0 else {
        throw MappingError(field: field, reason: "\(Mapping.quote(scalar)) is no number other than 0")
      }
      spec.scale = scale
    default: return false
    }
    return true
  }

  private mutating func table(_ field: String) throws(MappingError) -> ValueTable {
    var table = ValueTable()
    try object(field) { (decoder, key, inner) throws(MappingError) in
      guard table.count < MappingLimits.tableMax else {
        throw MappingError(field: field, reason: "more than \(MappingLimits.tableMax) entries")
      }
      table.insert(try decoder.reader.scalar(inner), for: Array(key.utf8)[...])
    }
    return table
  }

  /// A path to an object that is taken over, or the members one by one; `features.score` is one inside
  /// another.
  private mutating func metadata(_ field: String, _ shape: inout MappingShape) throws(MappingError) {
    if try reader.kind(field) == .string {
      shape.metadataObject = try spec(field)
      return
    }
    var members: [MetadataSpec] = []
    try object(field) { (decoder, key, inner) throws(MappingError) in
      let parts = key.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard members.count < MappingLimits.metadataMembersMax, parts.allSatisfy({ !$0.isEmpty }) else {
        throw MappingError(field: inner, reason: "has no name, or is one of too many")
      }
      let spec = try decoder.spec(inner)
      members.append(
        MetadataSpec(group: parts.count == 2 ? parts[0] : "", name: parts[parts.count - 1], field: spec))
    }
    let groups = members.map(\.group)
    for member in members where member.group.isEmpty && groups.contains(member.name) {
      throw MappingError(field: "\(field).\(member.name)", reason: "is both a value and an object")
    }
    // Stable: the members of a group follow its first one.
    shape.metadata = members.enumerated().sorted {
      (groups.firstIndex(of: $0.element.group) ?? 0, $0.offset)
        < (groups.firstIndex(of: $1.element.group) ?? 0, $1.offset)
    }.map(\.element)
  }
}

extension FieldSpec {
  /// The values that the mapping itself names.
  fileprivate var constants: [RawValue] {
    [const, fallback].compactMap { $0 } + (table?.values ?? [])
  }
}
