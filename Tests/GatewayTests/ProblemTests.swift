import Hummingbird
import Testing
import Wire

@testable import Gateway

@Suite struct ProblemTests {
  @Test(arguments: [
    (Status.invalidArgument, 400), (.outOfRange, 400), (.unauthenticated, 401), (.permissionDenied, 403),
    (.notFound, 404), (.alreadyExists, 409), (.aborted, 409), (.failedPrecondition, 422),
    (.resourceExhausted, 429), (.unimplemented, 501), (.unavailable, 503), (.cancelled, 503),
    (.deadlineExceeded, 504), (.internal, 500), (.dataLoss, 500), (.unknown, 500),
    (Status(rawValue: "new"), 500),
  ]) func everyCodeHasItsStatus(_ status: Status, _ code: Int) {
    #expect(Problem(WireError(status, "m")).status.code == code)
  }

  @Test func ownershipIsNoRefusal() {
    let problem = Problem(WireError.owned(by: "scoring-2", "not here"))
    #expect(problem.status.code == 503)
    #expect(problem.retryAfterSeconds == 1)
  }

  @Test func ourMistakesShowNothingOfThemselves() {
    struct Secret: Error {}
    for error in [WireError.internal("row 7 of table x"), WireError.dataLoss("cut"), Secret()] as [any Error]
    {
      #expect(Problem(error).detail == Problem.internalDetail)
      #expect(Problem(error).errors.isEmpty)
    }
  }

  @Test(arguments: [(nil, 1), (1, 1), (1_000, 1), (1_001, 2), (5_000, 5)] as [(Int?, Int)])
  func retryAfterIsRoundedUp(_ milliseconds: Int?, _ seconds: Int) {
    let error = WireError(.unavailable, "m", retryAfterMilliseconds: milliseconds)
    #expect(Problem(error).retryAfterSeconds == seconds)
    #expect(Problem(WireError.notFound("m")).retryAfterSeconds == nil)
  }

  @Test func detailsNameTheField() {
    let details = JSONWriter.object { writer in
      writer.member("field", "points")
      writer.member("code", "negative")
    }
    let problem = Problem(WireError(.failedPrecondition, "less than 0", details: details))
    #expect(problem.errors == [.init(field: "points", code: "negative", message: "less than 0")])
  }

  @Test func theBodyHasAllMembers() {
    let problem = Problem.field("limit", "invalid", "is wrong")
    let text = String(decoding: problem.body(path: "/a", requestID: "r"), as: UTF8.self)
    #expect(
      text == #"{"type":"urn:laurel:problem:invalid_argument","title":"Bad Request","status":400,"#
        + #""detail":"'limit' is wrong","instance":"/a","request_id":"r","#
        + #""errors":[{"field":"limit","code":"invalid","message":"is wrong"}]}"#)
  }
}

@Suite struct RequestIdentityTests {
  private func identity(_ id: String?, _ trace: String?) -> RequestIdentity {
    var random = SplitMix(seed: 1)
    return RequestIdentity(id: id, traceparent: trace, random: &random)
  }

  @Test func whatTheClientGaveStays() {
    let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    #expect(identity("my-id", trace).id == "my-id")
    #expect(identity("my-id", trace).traceparent == trace)
  }

  @Test(arguments: [nil, "", "a b", "ä", "a\n", String(repeating: "x", count: 129)])
  func anotherIDIsMade(_ id: String?) {
    let made = identity(id, nil).id
    #expect(made.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/) != nil)
  }

  @Test(arguments: [
    nil, "", "00-0-0-01", "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "00-00000000000000000000000000000000-b7ad6b7169203331-01",
    "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
    "00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
  ]) func anotherTraceIsMade(_ trace: String?) {
    let made = identity(nil, trace).traceparent
    #expect(made != trace)
    #expect(made.wholeMatch(of: /00-[0-9a-f]{32}-[0-9a-f]{16}-01/) != nil)
  }
}
