import Hummingbird

/// Reads a request's body as far as its operation takes one, within size and time.
struct RequestBytes: Sendable {
  private let kind: Operation.Body

  init(_ kind: Operation.Body) { self.kind = kind }

  /// Media types; a body without one is taken as JSON.
  private var types: Set<String> {
    switch kind {
    case .none: []
    case .json: ["application/json", "application/merge-patch+json"]
    case .events: ["application/json", API.linesType]
    }
  }

  private var bytesMax: Int { kind == .events ? GatewayLimits.batchBytesMax : GatewayLimits.bodyBytesMax }

  /// The body; empty where none is taken. Throws a 408, 413 or 415.
  func read(_ request: Request, _ call: Call) async throws -> [UInt8] {
    guard kind != .none else { return [] }
    if let type = call.contentType, !types.contains(type) {
      let known = types.sorted().joined(separator: " or ")
      throw Problem.unsupported("the body is said to be \(type): Content-Type may be \(known)")
    }
    if let coding = request.headers[.contentEncoding], coding.lowercased() != "identity" {
      throw Problem.unsupported("Content-Encoding is \(coding): the body is taken uncompressed only")
    }
    if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > bytesMax {
      // A client that is still sending reads the answer only if its sending goes on.
      throw tooLarge(closes: length > GatewayLimits.drainBytesMax)
    }
    return try await collect(request, milliseconds: call.left)
  }

  private func tooLarge(closes: Bool) -> Problem {
    .tooLarge("the body is over \(bytesMax) bytes", closes: closes)
  }

  private func collect(_ request: Request, milliseconds: Int) async throws -> [UInt8] {
    let bytesMax = bytesMax
    return try await withThrowingTaskGroup(of: [UInt8]?.self) { group in
      group.addTask {
        var request = request
        return Array(buffer: try await request.collectBody(upTo: bytesMax))
      }
      group.addTask {
        try await Task.sleep(for: .milliseconds(milliseconds))
        return nil
      }
      defer { group.cancelAll() }
      do {
        if let bytes = try await group.next() ?? nil { return bytes }
      } catch let error as any HTTPResponseError where error.status == .contentTooLarge {
        throw tooLarge(closes: true)
      } catch let error where !(error is CancellationError) {
        // What else ends the reading is the client's doing: malformed chunks, or a body that breaks off.
        var problem = Problem.malformed("the body cannot be read to its end")
        problem.headers[.connection] = "close"
        throw problem
      }
      throw Problem(
        status: .requestTimeout, code: "request_timeout", detail: "the body did not come in time",
        headers: [.connection: "close"])
    }
  }
}
