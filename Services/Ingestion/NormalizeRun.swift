import Contracts
import Messaging
import Wire

/// One raw record that is brought in by hand or by a webhook.
extension SourceRun {
  /// `ingestion.v1/normalize {"source_type"?, "source"?, "event": {...}}`: `{"status": "accepted",
  /// "duplicate" or "skipped", "event_id"?, "customer_id"?, "event_type"?, "positions"}`.
  ///
  /// Without a source it is the one that bears the type's name. A record that is refused is kept among the
  /// rejected, and answered with `failed_precondition` whose details have `code` and `message`.
  func normalize(_ request: Request) async throws -> Frames {
    let asked = try NormalizeRequest(request.payloads.first)
    let form = try await form(of: asked)
    let key = request.head.key ?? request.head.id
    let name = try ChunkName(source: form.name, run: key, from: 0, to: 1)
    var plan = plan(form, names: true)
    plan.take(form.reader(header: nil).read(asked.event))
    let digest = SipHash.hash128(asked.event, key: RecordsRequest.digestKey)
    let batch = ChunkBatch(
      name: name, digest: UInt128(high: digest.high, low: digest.low).hex, plan: plan, records: [asked.event],
      detail: true)
    return Frames([try NormalizeAnswer(try await bring(batch).answer).encoded()])
  }

  /// A source that is named must be there: by a mistyped name a record would count a second time.
  private func form(of asked: NormalizeRequest) async throws -> RecordForm {
    if asked.isNamed {
      guard let definition = try await definition(of: asked.source) else {
        throw NormalizeRequest.wrongSource(
          "there is no source '\(asked.source)': make it first, or name none")
      }
      guard asked.type.isEmpty || asked.type == definition.sourceType else {
        throw NormalizeRequest.wrongSource(
          "the source '\(asked.source)' is of the type \(definition.sourceType), not \(asked.type)")
      }
    }
    return try await pushForm(asked.source, type: asked.type.isEmpty ? "custom" : asked.type)
  }

  /// The form of what is pushed under a source's name: by its own mapping, or the default one of the type.
  func pushForm(_ name: String, type: String) async throws -> RecordForm {
    guard let definition = try await definition(of: name) else {
      return try forms.defaultForm(name: name, type: type)
    }
    return try forms.form(of: definition).ofObjects
  }
}

/// The payload of `ingestion.v1/normalize`.
struct NormalizeRequest: Sendable {
  private(set) var source = ""
  /// Empty: whatever the source's is.
  private(set) var type = ""
  /// Whether the request names a source, and not only a type.
  private(set) var isNamed = false
  private(set) var event: ArraySlice<UInt8> = []

  init(_ payload: ArraySlice<UInt8>?) throws(WireError) {
    try Payload.read(payload) { key, scanner in
      switch key {
      case "source", "source_name": source = try scanner.optionalString() ?? ""
      case "source_type": type = try scanner.optionalString() ?? ""
      case "event": event = try scanner.skip()
      default: throw WireError.invalid("'\(key)' is no member of this request")
      }
    }
    isNamed = !source.isEmpty
    if !isNamed { source = type }
    try ChunkName.check(isNamed ? "source_name" : "source_type", source, MappingLimits.nameBytesMax)
    if !type.isEmpty { try SourceDefinition.checkType(type, "source_type") }
    guard event.first == UInt8(ascii: "{") else { throw .invalid("'event' must be an object: a raw record") }
  }

  static func wrongSource(_ message: String) -> WireError {
    let details = JSONWriter.object { writer in
      writer.member("field", "source_name")
      writer.member("code", "unknown_source")
    }
    return WireError(.invalidArgument, message, details: details)
  }
}

/// What became of the one record of a chunk, read from the chunk's answer.
private struct NormalizeAnswer {
  private var results: ArraySlice<UInt8> = []
  private var errors: ArraySlice<UInt8> = []
  private var positions: ArraySlice<UInt8> = []
  private var status = ""

  init(_ answer: [UInt8]) throws(WireError) {
    try Payload.read(answer[...]) { key, scanner in
      switch key {
      case "results": results = try Self.only(&scanner)
      case "errors": errors = try Self.only(&scanner)
      case "positions": positions = try scanner.skip()
      default: try scanner.skip()
      }
    }
    try Payload.read(results) { key, scanner in
      if case "status" = key { status = try scanner.string() } else { try scanner.skip() }
    }
  }

  /// The one element of an array, or nothing.
  private static func only(_ scanner: inout JSONScanner) throws(JSONError) -> ArraySlice<UInt8> {
    var element: ArraySlice<UInt8> = []
    try scanner.beginArray()
    while try scanner.nextElement() { element = try scanner.skip() }
    return element
  }

  func encoded() throws(WireError) -> [UInt8] {
    if status == ChunkOutcome.Fate.rejected.rawValue { throw try refusal() }
    var writer = JSONWriter(continuing: Array(results.dropLast()))
    writer.member("positions", raw: positions)
    return writer.bytes + [UInt8(ascii: "}")]
  }

  private func refusal() throws(WireError) -> WireError {
    var (code, message) = ("", "")
    try Payload.read(errors) { key, scanner in
      switch key {
      case "code": code = try scanner.string()
      case "message": message = try scanner.string()
      default: try scanner.skip()
      }
    }
    let details = JSONWriter.object { writer in
      writer.member("code", code)
      writer.member("message", message)
    }
    return .failedPrecondition("the record is rejected and kept: \(code): \(message)", details: details)
  }
}
