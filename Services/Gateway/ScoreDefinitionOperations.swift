import Contracts
import Wire

extension API {
  private static let versionList = ListQuestion(.scoring, Method.scoreVersions, isWhole: true)
  private static let thresholdList = ListQuestion(.scoring, Method.thresholds, isWhole: true)

  /// GET `/score-definitions/`: all versions, the newest first.
  @Sendable func scoreVersions(_ call: Call) async throws -> Answer { try await list(Self.versionList, call) }

  /// POST `/score-definitions/` `{full_marks}`: a new version with these values, not active yet.
  @Sendable func draftScores(_ call: Call) async throws -> Answer {
    let body = try call.object(["full_marks"])
    guard let marks = body["full_marks"] else {
      throw Problem.field("full_marks", "required", "is required")
    }
    let payload = JSONWriter.object { writer in
      writer.key("changes")
      writer.object { $0.member("full_marks", raw: marks) }
    }
    var answer = Answer(try await send(.scoring, Method.draftScores, peers.definitions, payload, call))
    answer.status = .created
    return answer
  }

  /// POST `/score-definitions/{version}/dry-run/`: a job that says how all scores would lie.
  @Sendable func tryScores(_ call: Call) async throws -> Answer {
    let version = try version(call)
    return try await startPass(call) { writer in
      writer.member("kind", "dry_run")
      writer.member("version", version)
    }
  }

  /// POST `/score-definitions/{version}/activate/`.
  @Sendable func activateScores(_ call: Call) async throws -> Answer {
    let version = try version(call)
    let payload = JSONWriter.object { $0.member("version", version) }
    return Answer(try await send(.scoring, Method.activateScores, peers.definitions, payload, call))
  }

  private func version(_ call: Call) throws -> Int {
    guard let version = Int(call.path["version"] ?? ""), version > 0 else {
      throw WireError.notFound("there is no score definition of version \(call.path["version"] ?? "")")
    }
    return version
  }

  /// A job of Scoring over many customers.
  func startPass(_ call: Call, _ write: (inout JSONWriter) -> Void) async throws -> Answer {
    let payload = JSONWriter.object(write)
    return try .job(
      of: .scoring, try await send(.scoring, Method.startScoreJob, peers.definitions, payload, call))
  }

  /// GET `/score-thresholds/`: by id.
  @Sendable func thresholds(_ call: Call) async throws -> Answer { try await list(Self.thresholdList, call) }

  /// GET `/score-thresholds/{id}/`.
  @Sendable func threshold(_ call: Call) async throws -> Answer {
    let payload = JSONWriter.object { $0.member("id", call.path["id"] ?? "") }
    let reply = try await peers.read(
      .scoring, Method.thresholds, partition: peers.definitions, payload, for: call)
    guard let threshold = try AnswerText(reply).results().first else {
      throw WireError.notFound("there is no threshold \(call.path["id"] ?? "")")
    }
    return Answer(body: Array(threshold))
  }

  /// PUT `/score-thresholds/{id}/` `{variable, enter, leave?, direction?, name?, is_active?}`.
  @Sendable func putThreshold(_ call: Call) async throws -> Answer {
    let names: Set<String> = ["id", "name", "variable", "direction", "enter", "leave", "is_active"]
    let body = try call.object(names)
    let payload = JSONWriter.object { writer in
      writer.member("id", call.path["id"] ?? "")
      body.write(&writer, without: ["id"])
    }
    return Answer(try await send(.scoring, Method.putThreshold, peers.definitions, payload, call))
  }

  /// DELETE `/score-thresholds/{id}/`.
  @Sendable func deleteThreshold(_ call: Call) async throws -> Answer {
    let payload = JSONWriter.object { $0.member("id", call.path["id"] ?? "") }
    let answer = try await send(.scoring, Method.deleteThreshold, peers.definitions, payload, call)
    return Answer(status: .noContent, body: [], positions: answer.positions)
  }
}
