import Wire

/// Records that a source gave at once, and where the next ones are.
struct FeedPage: Sendable {
  /// Raw records, each a JSON text.
  var records: [ArraySlice<UInt8>]
  /// Where to read on, in the connector's own words.
  var next: String
  /// Whether there is nothing behind it for now.
  var isLast: Bool
  /// So many of the last records may come again where `next` is read.
  var repeats: Int
}

/// A page's body taken apart.
enum PageBody {
  /// The records in a body, nil where the path leads to none, and the text that another path leads to.
  ///
  /// Throws what is wrong with it: a body that ends too soon is no JSON.
  static func json(
    _ body: ArraySlice<UInt8>, records: FieldPath?, next: FieldPath?
  ) throws(JSONError) -> (records: [ArraySlice<UInt8>]?, next: String?) {
    var whole = JSONScanner(body)
    try whole.skip()
    try whole.finish()
    guard let list = try value(body, records?.steps[...] ?? []) else { return (nil, nil) }
    var scanner = JSONScanner(list)
    var found: [ArraySlice<UInt8>] = []
    if try !scanner.takeNull() {
      try scanner.beginArray()
      while try scanner.nextElement() { found.append(try scanner.skip()) }
    }
    guard let next, let text = try value(body, next.steps[...]) else { return (found, nil) }
    return (found, try Self.text(text))
  }

  /// The lines of a body.
  static func lines(_ body: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    var splitter = RecordSplitter(format: .jsonLines)
    splitter.append(body)
    splitter.finish()
    var records: [ArraySlice<UInt8>] = []
    while let record = splitter.next() { records.append(record.bytes) }
    return records
  }

  /// The value at a path as it stands there; nil when there is none.
  static func value(
    _ text: ArraySlice<UInt8>, _ steps: ArraySlice<FieldPath.Step>
  ) throws(JSONError) -> ArraySlice<UInt8>? {
    var scanner = JSONScanner(text)
    guard let step = steps.first else { return try scanner.skip() }
    switch (step, try scanner.kind()) {
    case (.member(let name), .object):
      try scanner.beginObject()
      while let key = try scanner.nextKey() {
        let value = try scanner.skip()
        if key.bytes.elementsEqual(name) { return try Self.value(value, steps.dropFirst()) }
      }
    case (.element(let number), .array):
      try scanner.beginArray()
      var at = 0
      while try scanner.nextElement() {
        let value = try scanner.skip()
        if at == number { return try Self.value(value, steps.dropFirst()) }
        at += 1
      }
    default: break
    }
    return nil
  }

  /// A text or a number; nil for null, false and the empty text.
  static func text(_ value: ArraySlice<UInt8>) throws(JSONError) -> String? {
    var scanner = JSONScanner(value)
    switch try scanner.kind() {
    case .string:
      let text = try scanner.string()
      return text.isEmpty ? nil : text
    case .number: return String(decoding: value, as: UTF8.self)
    default: return nil
    }
  }
}
