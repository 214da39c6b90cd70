import Wire

/// Takes the values at a mapping's paths out of one record after the other.
struct RawRecordReader: Sendable {
  private enum Way: Sendable {
    /// The slot of each column, or -1.
    case csv(CSVDialect, slots: [Int], count: Int?)
    case json(PathTree)
    /// The slot of each column, or -1.
    case fixed([FixedColumn], slots: [Int])
  }

  private let way: Way
  private let slotCount: Int
  /// Paths that name a column which the file does not have.
  let absent: [String]

  /// For JSON Lines, or CSV whose columns are named by `header`.
  init(format: RecordFormat, paths: [FieldPath], header: [ArraySlice<UInt8>]?) {
    slotCount = paths.count
    switch format {
    case .jsonLines:
      way = .json(PathTree(paths))
      absent = []
    case .fixed(let columns):
      let names = columns.map { Array($0.name.utf8) }
      let places = paths.map { Self.place(of: $0, in: names) }
      var slots = [Int](repeating: -1, count: columns.count)
      for (slot, place) in places.enumerated() { if let place { slots[place] = slot } }
      way = .fixed(columns, slots: slots)
      absent = zip(paths, places).filter { $0.1 == nil }.map(\.0.description)
    case .csv(let dialect, let columns):
      let names = header?.map(Array.init) ?? columns.map { Array($0.utf8) }
      let places = paths.map { Self.place(of: $0, in: names) }
      let count = places.compactMap { $0 }.max().map { $0 + 1 } ?? 0
      var slots = [Int](repeating: -1, count: max(count, names.count))
      for (slot, place) in places.enumerated() { if let place { slots[place] = slot } }
      way = .csv(dialect, slots: slots, count: names.isEmpty ? nil : names.count)
      absent = zip(paths, places).filter { $0.1 == nil }.map(\.0.description)
    }
  }

  private static func place(of path: FieldPath, in names: [[UInt8]]) -> Int? {
    if let number = path.columnNumber { return names.isEmpty || number < names.count ? number : nil }
    guard let name = path.column else { return nil }
    return names.firstIndex { $0 == name }
  }

  /// The record's values; a record that cannot be read has a flaw.
  func read(_ bytes: ArraySlice<UInt8>) -> RawRecord {
    var values = [RawValue?](repeating: nil, count: slotCount)
    let flaw: RawRecord.Flaw?
    switch way {
    case .csv(let dialect, let slots, let count):
      flaw = Self.csv(bytes, dialect, slots, count, &values)
    case .fixed(let columns, let slots): flaw = Self.fixed(bytes, columns, slots, &values)
    case .json(let tree):
      do throws(JSONError) {
        try tree.read(bytes, &values)
        flaw = nil
      } catch {
        values = Array(repeating: nil, count: slotCount)
        flaw = .unreadable(error.description)
      }
    }
    return RawRecord(bytes: bytes, values: values, flaw: flaw)
  }

  /// What the splitter could not cut out as a record.
  func flawed(_ record: SplitRecord) -> RawRecord {
    RawRecord(
      bytes: record.bytes, values: Array(repeating: nil, count: slotCount),
      flaw: .unreadable(record.flaw ?? "unreadable"))
  }

  /// A line that ends before a column begins lacks it; blanks at a line's end may be missing.
  private static func fixed(
    _ bytes: ArraySlice<UInt8>, _ columns: [FixedColumn], _ slots: [Int], _ values: inout [RawValue?]
  ) -> RawRecord.Flaw? {
    var found = 0
    for (column, slot) in zip(columns, slots) {
      guard let text = column.text(of: bytes) else { continue }
      found += 1
      if slot >= 0 { values[slot] = .text(text) }
    }
    return found == columns.count ? nil : .columns(expected: columns.count, found: found)
  }

  private static func csv(
    _ bytes: ArraySlice<UInt8>, _ dialect: CSVDialect, _ slots: [Int], _ count: Int?,
    _ values: inout [RawValue?]
  ) -> RawRecord.Flaw? {
    var fields = CSVFields(bytes, dialect)
    var column = 0
    while let field = fields.next() {
      if column < slots.count, slots[column] >= 0 { values[slots[column]] = .text(field) }
      column += 1
    }
    if let flaw = fields.flaw { return .unreadable(flaw) }
    guard let count, column != count else { return nil }
    return .columns(expected: count, found: column)
  }
}

/// A mapping's paths as one tree, walked along a JSON text in one pass; what no path leads to is passed over.
private struct PathTree: Sendable {
  private struct Node: Sendable {
    var slot: Int?
    var members: [(name: [UInt8], node: Int)] = []
    var elements: [(number: Int, node: Int)] = []
  }

  private var nodes = [Node()]

  init(_ paths: [FieldPath]) {
    for (slot, path) in paths.enumerated() {
      var at = 0
      for step in path.steps { at = child(of: at, step) }
      nodes[at].slot = slot
    }
  }

  private mutating func child(of parent: Int, _ step: FieldPath.Step) -> Int {
    let next = nodes.count
    switch step {
    case .member(let name):
      if let known = nodes[parent].members.first(where: { $0.name == name }) { return known.node }
      nodes[parent].members.append((name, next))
    case .element(let number):
      if let known = nodes[parent].elements.first(where: { $0.number == number }) { return known.node }
      nodes[parent].elements.append((number, next))
    }
    nodes.append(Node())
    return next
  }

  func read(_ bytes: ArraySlice<UInt8>, _ values: inout [RawValue?]) throws(JSONError) {
    var scanner = JSONScanner(bytes)
    if try scanner.kind() != .object { try scanner.beginObject() }  // which says what was expected
    try read(0, &scanner, &values)
    try scanner.finish()
  }

  private func read(
    _ index: Int, _ scanner: inout JSONScanner, _ values: inout [RawValue?]
  ) throws(JSONError) {
    let node = nodes[index]
    let kind = try scanner.kind()
    let enters = kind == .object ? !node.members.isEmpty : kind == .array && !node.elements.isEmpty
    guard enters else {
      let value = try Self.value(kind, &scanner)
      if let slot = node.slot { values[slot] = value }
      return
    }
    if let slot = node.slot {
      var ahead = scanner
      values[slot] = .json(try ahead.skip())
    }
    if kind == .object { try members(node, &scanner, &values) } else { try elements(node, &scanner, &values) }
  }

  private func members(
    _ node: Node, _ scanner: inout JSONScanner, _ values: inout [RawValue?]
  ) throws(JSONError) {
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      if let member = node.members.first(where: { key.bytes.elementsEqual($0.name) }) {
        try read(member.node, &scanner, &values)
      } else {
        try scanner.skip()
      }
    }
  }

  private func elements(
    _ node: Node, _ scanner: inout JSONScanner, _ values: inout [RawValue?]
  ) throws(JSONError) {
    try scanner.beginArray()
    var number = 0
    while try scanner.nextElement() {
      if let element = node.elements.first(where: { $0.number == number }) {
        try read(element.node, &scanner, &values)
      } else {
        try scanner.skip()
      }
      number += 1
    }
  }

  private static func value(
    _ kind: JSONScanner.Kind, _ scanner: inout JSONScanner
  ) throws(JSONError) -> RawValue {
    switch kind {
    case .string: return .text(try scanner.stringBytes())
    case .number: return .number(try scanner.number())
    case .bool: return .bool(try scanner.bool())
    case .object, .array: return .json(try scanner.skip())
    case .null:
      _ = try scanner.takeNull()
      return .null
    }
  }
}
