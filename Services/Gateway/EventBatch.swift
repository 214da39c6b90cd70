import Wire

/// The records of a batch's body, as the texts that stand there.
struct EventBatch: Sendable {
  /// How a body is written.
  enum Form: Sendable { case array, lines }

  let records: [ArraySlice<UInt8>]

  /// Takes a body apart; throws `invalid_argument` when the whole is no JSON, a 413 for too large a record.
  ///
  /// A broken line among good ones is handed on as it is: it is rejected there, and kept.
  init(_ body: [UInt8], form: Form) throws {
    records = form == .array ? try Self.array(body) : try Self.lines(body)
    if let index = records.firstIndex(where: { $0.count > Limits.frameBytesMax }) {
      throw Problem.tooLarge("record \(index) is over \(Limits.frameBytesMax) bytes")
    }
  }

  private static func array(_ body: [UInt8]) throws -> [ArraySlice<UInt8>] {
    do {
      var records: [ArraySlice<UInt8>] = []
      var scanner = JSONScanner(body)
      try scanner.beginArray()
      while try scanner.nextElement() { records.append(try scanner.skip()) }
      try scanner.finish()
      return records
    } catch {
      throw WireError.invalid("the body is not a JSON array of events: \(error)", cause: error)
    }
  }

  private static func lines(_ body: [UInt8]) throws -> [ArraySlice<UInt8>] {
    let lines = body.split(separator: UInt8(ascii: "\n")).map { line in
      line.last == UInt8(ascii: "\r") ? line.dropLast() : line
    }.filter { line in !line.allSatisfy { $0 == 0x20 || $0 == 0x09 } }
    guard lines.isEmpty || lines.contains(where: isJSON) else {
      throw WireError.invalid("the body is not JSON Lines: no line of it is JSON")
    }
    return lines
  }

  private static func isJSON(_ line: ArraySlice<UInt8>) -> Bool {
    var scanner = JSONScanner(line)
    return (try? scanner.skip()) != nil && (try? scanner.finish()) != nil
  }

  /// The records in runs that one call may carry, each with the index of its first.
  var parts: [(first: Int, records: ArraySlice<ArraySlice<UInt8>>)] {
    var parts: [(first: Int, records: ArraySlice<ArraySlice<UInt8>>)] = []
    var rest = records[...]
    while let first = rest.indices.first {
      let part = rest.prefix(GatewayLimits.pushEventsMax)
      parts.append((first, part))
      rest = rest.dropFirst(part.count)
    }
    return parts
  }
}

/// What became of a batch's events, added up over its parts.
struct BatchReport: Sendable {
  private(set) var accepted: Int64 = 0
  private(set) var duplicate: Int64 = 0
  private(set) var rejected: Int64 = 0
  private var errors: [(index: Int64, code: String, message: String)] = []

  /// Adds the answer to one part, whose first record has this index in the whole.
  mutating func add(_ answer: ObjectText, first: Int) throws {
    accepted += try answer.integer("accepted") ?? 0
    duplicate += try answer.integer("duplicate") ?? 0
    rejected += try answer.integer("rejected") ?? 0
    for text in try answer.elements("errors") where errors.count < GatewayLimits.batchErrorsMax {
      let error = try ObjectText(text)
      let index = try error.integer("index") ?? 0
      errors.append((index + Int64(first), try error.string("code") ?? "", try error.string("message") ?? ""))
    }
  }

  /// `{accepted, duplicate, rejected, errors: [{index, code, message}]}`.
  var body: [UInt8] {
    JSONWriter.object { writer in
      writer.member("accepted", accepted)
      writer.member("duplicate", duplicate)
      writer.member("rejected", rejected)
      writer.key("errors")
      writer.array { writer in
        for error in errors {
          writer.object { writer in
            writer.member("index", error.index)
            writer.member("code", error.code)
            writer.member("message", error.message)
          }
        }
      }
    }
  }
}
