import Contracts
import Rules
import Wire

/// The names that operators give: lower-case letters, digits, `-` and `_`.
enum DefinitionName {
  static let bytesMax = 64

  static func check(_ id: String) throws(WireError) {
    let isPlain = id.utf8.allSatisfy {
      switch $0 {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
      case UInt8(ascii: "-"), UInt8(ascii: "_"): true
      default: false
      }
    }
    guard isPlain, (1...bytesMax).contains(id.utf8.count) else {
      throw .invalid("'id' has 1 to \(bytesMax) lower-case letters, digits, '-' and '_'")
    }
  }
}

/// `{"id"}`.
struct NameRequest: Sendable, Equatable {
  private(set) var id = ""

  init(_ payloads: Frames) throws(WireError) {
    var id = ""
    try payloads.object { (key, scanner) throws(JSONError) in
      if case "id" = key { id = try scanner.string() } else { try scanner.skip() }
    }
    guard !id.isEmpty else { throw .invalid("'id' is missing") }
    self.id = id
  }
}

/// `{"version"}`.
struct VersionRequest: Sendable, Equatable {
  private(set) var version = 0

  init(_ payloads: Frames) throws(WireError) {
    var version: Int64 = 0
    try payloads.object { (key, scanner) throws(JSONError) in
      if case "version" = key { version = try scanner.integer() } else { try scanner.skip() }
    }
    guard version > 0, let number = Int(exactly: version) else {
      throw .invalid("'version' must be a whole number above 0")
    }
    self.version = number
  }
}

/// `{"id"?, "name"?, "rule" or "customers", "new"?}`.
struct SegmentRequest: Sendable, Equatable {
  var id: String?
  var name: String?
  /// Canonical.
  var rule: String?
  /// Each once, ascending.
  var customers: [String]?
  /// Whether there may be none of this name yet.
  var isNew = false

  init(_ payloads: Frames) throws(WireError) {
    var request = (id: String?.none, name: String?.none, rule: ArraySlice<UInt8>?.none, isNew: false)
    var names: [String]?
    try payloads.object { (key, scanner) throws(JSONError) in
      switch key {
      case "id": request.id = try scanner.string()
      case "name": request.name = try scanner.string()
      case "rule": request.rule = try scanner.takeNull() ? nil : try scanner.skip()
      case "customers": names = try scanner.takeNull() ? nil : try Self.names(&scanner)
      case "new": request.isNew = try scanner.bool()
      default: try scanner.skip()
      }
    }
    (id, name, isNew) = (request.id, request.name, request.isNew)
    if let id { try DefinitionName.check(id) }
    guard name.map({ (1...Segment.nameBytesMax).contains($0.utf8.count) }) ?? true else {
      throw .invalid("'name' has 1 to \(Segment.nameBytesMax) bytes")
    }
    guard (request.rule == nil) != (names == nil) else {
      throw .invalid("'rule' is required, or 'customers', one of them")
    }
    if let text = request.rule {
      rule = try Segment.compiled(String(decoding: text, as: UTF8.self)).rule.canonical
    }
    if let names { customers = try Self.checked(names) }
  }

  private static func names(_ scanner: inout JSONScanner) throws(JSONError) -> [String] {
    var names: [String] = []
    try scanner.beginArray()
    while try scanner.nextElement() { names.append(try scanner.string()) }
    return names
  }

  private static func checked(_ names: [String]) throws(WireError) -> [String] {
    guard names.count <= Segment.customersMax else {
      throw .invalid("'customers' has more than \(Segment.customersMax)")
    }
    for name in names { _ = try Scoring.checked(customer: name) }
    guard names.reduce(0, { $0 + $1.utf8.count + 3 }) <= Segment.listBytesMax else {
      throw .invalid("'customers' has more than \(Segment.listBytesMax) bytes")
    }
    return Set(names).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}

/// `{"id", "name"?, "variable", "direction"?, "enter", "leave"?, "is_active"?, "new"?}`.
struct ThresholdRequest: Sendable, Equatable {
  let threshold: Threshold
  let isNew: Bool

  init(_ payloads: Frames) throws(WireError) {
    var (id, name, variable, direction) = ("", "", "", Threshold.Direction.above.rawValue)
    var (enter, leave) = (Decimal6?.none, Decimal6?.none)
    var (isActive, isNew) = (true, false)
    try payloads.object { (key, scanner) throws(JSONError) in
      switch key {
      case "id": id = try scanner.string()
      case "name": name = try scanner.string()
      case "variable": variable = try scanner.string()
      case "direction": direction = try scanner.string()
      case "enter": enter = try scanner.decimal()
      case "leave": leave = try scanner.decimal()
      case "is_active": isActive = try scanner.bool()
      case "new": isNew = try scanner.bool()
      default: try scanner.skip()
      }
    }
    try DefinitionName.check(id)
    guard let enter else { throw .invalid("'enter' is missing") }
    guard let side = Threshold.Direction(rawValue: direction) else {
      throw .invalid("'direction' must be above or below")
    }
    threshold = Threshold(
      id: id, name: name.isEmpty ? id : name, variable: variable, direction: side, enter: enter,
      leave: leave ?? enter, isActive: isActive)
    self.isNew = isNew
  }
}

/// `{"kind", "version"?, "segment"?, "partitions"}`.
struct StartRequest: Sendable, Equatable {
  let kind: ScoringJob.Kind
  let version: Int
  let segment: String?
  let forgets: Position?
  let partitions: Int

  init(_ payloads: Frames) throws(WireError) {
    var (kind, version, segment, partitions) = ("", Int64(0), String?.none, Int64(0))
    var (partition, number) = (Int64(-1), Int64(0))
    try payloads.object { (key, scanner) throws(JSONError) in
      switch key {
      case "kind": kind = try scanner.string()
      case "version": version = try scanner.integer()
      case "segment": segment = try scanner.takeNull() ? nil : try scanner.string()
      case "partitions": partitions = try scanner.integer()
      case "partition": partition = try scanner.integer()
      case "number": number = try scanner.integer()
      default: try scanner.skip()
      }
    }
    guard let known = ScoringJob.Kind(rawValue: kind) else {
      throw .invalid("'kind' must be dry_run, batch_calculate or forget")
    }
    guard (1...Int64(Partitioning.countMax)).contains(partitions) else {
      throw .invalid("'partitions' must be 1 to \(Partitioning.countMax)")
    }
    (self.kind, self.segment) = (known, segment)
    (self.version, self.partitions) = (Int(clamping: version), Int(partitions))
    guard known == .forget else {
      forgets = nil
      return
    }
    guard (0..<partitions).contains(partition), number > 0 else {
      throw .invalid("'partition' and 'number' name the entry that forgets")
    }
    forgets = Position(partition: Int(partition), journal: .events, number: number)
  }
}

/// `{"id", "partition", "tally" or "error"}`: how a partition of a job has ended.
struct ProgressNote: Sendable, Equatable {
  var id: String
  var partition: Int
  var tally = ScoreTally()
  var error: String?

  func encoded() -> [UInt8] {
    JSONWriter.object { writer in
      writer.member("id", id)
      writer.member("partition", partition)
      writer.key("tally")
      tally.write(&writer)
      writer.member("error", optional: error)
    }
  }

  init(id: String, partition: Int) { (self.id, self.partition) = (id, partition) }

  init(_ payloads: Frames) throws(WireError) {
    self.init(id: "", partition: -1)
    var text: ArraySlice<UInt8>?
    var (id, partition, error) = ("", Int64(-1), String?.none)
    try payloads.object { (key, scanner) throws(JSONError) in
      switch key {
      case "id": id = try scanner.string()
      case "partition": partition = try scanner.integer()
      case "tally": text = try scanner.skip()
      case "error": error = try scanner.string()
      default: try scanner.skip()
      }
    }
    guard let text else { throw .invalid("'tally' is missing") }
    var scanner = JSONScanner(text)
    do { tally = try ScoreTally(&scanner) } catch { throw .invalid("'tally' cannot be read") }
    (self.id, self.partition, self.error) = (id, Int(clamping: partition), error)
  }
}
