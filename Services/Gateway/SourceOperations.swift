import Contracts
import Wire

extension API {
  private var sourceList: ListQuestion {
    ListQuestion(
      .ingestion, Method.sources, member: "sources", isWhole: true, shown: SourceText.shown)
  }

  /// GET `/data-sources/?source_type=&is_active=`: by name.
  @Sendable func sources(_ call: Call) async throws -> Answer {
    var question = sourceList
    question.filter.text("source_type", call)
    try question.filter.bool("is_active", call)
    return try await list(question, call)
  }

  /// GET `/data-sources/{id}/`: the id is the source's name.
  @Sendable func source(_ call: Call) async throws -> Answer {
    Answer(body: try SourceText.shown(try await found(call)))
  }

  /// POST `/data-sources/`: 409 where there is one of this name.
  @Sendable func makeSource(_ call: Call) async throws -> Answer {
    let name = try SourceText.name(of: ObjectText(call.body[...]))
    guard try await first(sourceList, "source_name", name, call) == nil else {
      throw WireError.alreadyExists("there is a source \(name) already")
    }
    var answer = try await put(call.body, name, call)
    answer.status = .created
    answer.location = "\(API.base)/data-sources/\(PercentText.encoded(name))/"
    return answer
  }

  /// PUT `/data-sources/{id}/`: the body is the whole source; what it has not is as in a new one.
  @Sendable func replaceSource(_ call: Call) async throws -> Answer {
    let name = call.path["id"] ?? ""
    let body = try ObjectText(call.body[...])
    _ = try await found(call)
    return try await put(try SourceText.replacement(body, of: name), name, call, replaces: true)
  }

  /// PATCH `/data-sources/{id}/`: the body has the members to change.
  @Sendable func patchSource(_ call: Call) async throws -> Answer {
    let name = call.path["id"] ?? ""
    let changes = try SourceText.changes(ObjectText(call.body[...]), of: name)
    _ = try await found(call)
    return try await put(changes, name, call)
  }

  /// DELETE `/data-sources/{id}/`: its events stay.
  @Sendable func deleteSource(_ call: Call) async throws -> Answer {
    _ = try await found(call)
    let payload = JSONWriter.object { $0.member("source", call.path["id"] ?? "") }
    let answer = try await send(.ingestion, Method.deleteSource, peers.definitions, payload, call)
    return Answer(status: .noContent, body: [], positions: answer.positions)
  }

  /// POST `/data-sources/{id}/sync/`: runs the connector as a job.
  @Sendable func syncSource(_ call: Call) async throws -> Answer {
    _ = try await found(call)
    let name = call.path["id"] ?? ""
    let payload = JSONWriter.object { $0.member("source", name) }
    let answer = try await send(.ingestion, Method.sync, peers.partition(of: name), payload, call)
    return try .job(of: .ingestion, answer)
  }

  /// Defines a source and shows it as it is then.
  private func put(
    _ definition: [UInt8], _ name: String, _ call: Call, replaces: Bool = false
  ) async throws -> Answer {
    let payload = JSONWriter.object { writer in
      writer.member("definition", raw: definition)
      if replaces { writer.member("replaces", true) }
    }
    let written = try await send(.ingestion, Method.putSource, peers.definitions, payload, call)
    let source = try await first(sourceList, "source_name", name, call)
    let body = try source.map { try SourceText.shown($0) } ?? written.body
    return Answer(body: body, positions: written.positions)
  }

  private func found(_ call: Call) async throws -> ArraySlice<UInt8> {
    let name = call.path["id"] ?? ""
    guard let source = try await first(sourceList, "source_name", name, call) else {
      throw WireError.notFound("there is no source \(name)")
    }
    return source
  }

  /// GET `/jobs/?kind=&status=&source=`: of all services, newest first.
  @Sendable func jobs(_ call: Call) async throws -> Answer {
    let page = try ListPage(call.query)
    var filter = Filter()
    for name in ["kind", "status", "source"] { filter.text(name, call) }
    let payload = JSONWriter.object { $0.member("limit", GatewayLimits.pageMax) }
    var found: [(at: Int64, text: ArraySlice<UInt8>)] = []
    for service in JobID.services {
      let reply = try await peers.read(
        service, Method.jobs, partition: peers.definitions, payload, for: call)
      for element in try AnswerText(reply).object().elements("results") {
        let job = try ObjectText(element)
        let shown = JobID(service, try job.string("id") ?? "").shown(job)[...]
        let at = try job.string("created_at").flatMap { RFC3339.micros($0.utf8) }
        if try filter.keeps(shown) { found.append((at ?? 0, shown)) }
      }
    }
    let sorted = found.sorted { $0.at > $1.at }.map(\.text)
    return Answer(body: try page.body(sorted, known: sorted.count, target: call.target))
  }

  /// GET `/jobs/{id}/`: the id says whose job it is.
  @Sendable func job(_ call: Call) async throws -> Answer {
    let (job, partition, payload) = try named(call)
    let reply = try await peers.read(job.service, Method.job, partition: partition, payload, for: call)
    return Answer(body: job.shown(try AnswerText(reply).object()))
  }

  /// POST `/jobs/{id}/cancel/`: what is done stays.
  @Sendable func cancelJob(_ call: Call) async throws -> Answer {
    let (job, partition, payload) = try named(call)
    let answer = try await send(job.service, Method.cancelJob, partition, payload, call)
    return Answer(body: job.shown(try answer.object()), positions: answer.positions)
  }

  private func named(_ call: Call) throws -> (job: JobID, partition: Int, payload: [UInt8]) {
    let id = call.path["id"] ?? ""
    guard let job = JobID(id), job.partition ?? peers.definitions <= peers.partitions else {
      throw WireError.notFound("there is no job \(id)")
    }
    let payload = JSONWriter.object { $0.member("id", job.inner) }
    return (job, job.partition ?? peers.definitions, payload)
  }
}

/// A job's id outside: `<service>-<the service's own id>`, since each service numbers its own.
struct JobID: Sendable, Equatable {
  let service: ServiceName
  /// As the service gave it.
  let inner: String

  init(_ service: ServiceName, _ inner: String) {
    self.service = service
    self.inner = inner
  }

  /// Those that do long work for clients.
  static let services: [ServiceName] = [.ingestion, .scoring, .missions]

  /// nil for what no job can be called.
  init?(_ text: String) {
    let parts = text.split(separator: "-", maxSplits: 1)
    guard parts.count == 2, let service = ServiceName(rawValue: String(parts[0])),
      Self.services.contains(service)
    else { return nil }
    self.init(service, String(parts[1]))
  }

  var text: String { "\(service.rawValue)-\(inner)" }
  /// Where it is kept, as far as its id says so.
  var partition: Int? { EntryID(inner)?.partition }

  /// A service's answer about it under its id outside.
  func shown(_ answer: ObjectText) -> [UInt8] {
    JSONWriter.object { writer in
      writer.member("id", text)
      answer.write(&writer, without: ["id"])
    }
  }
}

extension Answer {
  /// 202 for a job that a service has begun.
  static func job(of service: ServiceName, _ answer: AnswerText) throws -> Answer {
    let object = try answer.object()
    guard let inner = try object.string("id") else {
      throw WireError.internal("\(service.rawValue) has begun a job without an id")
    }
    let id = JobID(service, inner)
    return Answer(
      status: .accepted, body: id.shown(object), positions: answer.positions,
      location: "\(API.base)/jobs/\(PercentText.encoded(id.text))/")
  }
}
