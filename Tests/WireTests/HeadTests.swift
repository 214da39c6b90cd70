import Testing

@testable import Wire

struct HeadTests {
  @Test func requestIsAsDocumented() throws {
    let head = RequestHead(
      method: "scoring.v1/get", id: "1-2", deadline: 1_700_000_000_123, key: "k", traceparent: "00-a",
      caller: "missions@host-1")
    let text =
      #"{"method":"scoring.v1/get","id":"1-2","deadline":1700000000123,"key":"k","traceparent":"00-a","#
      + #""caller":"missions@host-1"}"#
    #expect(String(decoding: head.encode(), as: UTF8.self) == text)
    #expect(try RequestHead.decode(head.encode()[...]) == head)
  }

  @Test func replyIsAsDocumented() throws {
    #expect(String(decoding: ReplyHead.ok(id: "1").encode(), as: UTF8.self) == #"{"id":"1","status":"ok"}"#)
    var error = WireError.owned(by: "scoring-2", "not mine")
    error.retryAfterMilliseconds = 20
    let head = ReplyHead.failure(id: "1", error)
    let text =
      #"{"id":"1","status":"failed_precondition","message":"not mine","details":{"owner":"scoring-2"},"#
      + #""retry_after_ms":20}"#
    #expect(String(decoding: head.encode(), as: UTF8.self) == text)
    let read = try ReplyHead.decode(head.encode()[...])
    #expect(read == head)
    #expect(read.error?.owner == "scoring-2")
    #expect(ReplyHead.ok(id: "1").error == nil)
  }

  @Test func unknownMembersAreSkipped() throws {
    let text = #"{"new":{"a":[1,{"b":null}]},"method":"m","id":"i","deadline":1,"key":null,"more":[]}"#
    let head = try RequestHead.decode(Array(text.utf8)[...])
    #expect(head == RequestHead(method: "m", id: "i", deadline: 1))
  }

  @Test(arguments: [
    "", "{", "[]", "{}", "null", #"{"method":"m","id":"i"}"#, #"{"method":"m","deadline":1}"#,
    #"{"id":"i","deadline":1}"#, #"{"method":1,"id":"i","deadline":1}"#,
    #"{"method":"m","id":"i","deadline":"1"}"#,
    #"{"method":"m","id":"i","deadline":1.5}"#, #"{"method":"m","id":"i","deadline":99999999999999999999}"#,
    #"{"method":"m","id":"i","deadline":1}x"#,
  ]) func brokenRequests(text: String) {
    #expect(statusOf { _ = try RequestHead.decode(Array(text.utf8)[...]) } == .invalidArgument)
  }

  @Test(arguments: [
    "", "{}", #"{"id":"i"}"#, #"{"status":"ok"}"#, #"{"id":"i","status":"aborted","details":"text"}"#,
  ]) func brokenReplies(text: String) {
    #expect(statusOf { _ = try ReplyHead.decode(Array(text.utf8)[...]) } == .invalidArgument)
  }

  @Test func headsAreLimited() {
    let head = RequestHead(method: String(repeating: "m", count: Limits.headBytesMax), id: "i", deadline: 1)
    #expect(statusOf { _ = try RequestHead.decode(head.encode()[...]) } == .resourceExhausted)
  }

  @Test func anyTextComesThrough() throws {
    var random = Dice.fresh("heads round trip")
    for _ in 0..<500 {
      let head = RequestHead(
        method: text(&random), id: text(&random), deadline: Int64.random(in: .min ... .max, using: &random),
        key: Bool.random(using: &random) ? text(&random) : nil, traceparent: nil, caller: text(&random))
      #expect(try RequestHead.decode(head.encode()[...]) == head)
      let reply = ReplyHead(
        id: text(&random), status: Status.known.randomElement(using: &random) ?? .ok, message: text(&random),
        details: JSONWriter.object { $0.member("owner", text(&random)) },
        retryAfterMilliseconds: Int.random(in: 0...1_000_000, using: &random))
      #expect(try ReplyHead.decode(reply.encode()[...]) == reply)
    }
  }

  @Test func truncatedAndRandomHeadsNeverTrap() {
    var random = Dice.fresh("heads cut and changed")
    let head = RequestHead(method: "a\"\u{1F600}\\", id: "i\n", deadline: -5, key: "ü", caller: "c").encode()
    for size in 0..<head.count {
      #expect(statusOf { _ = try RequestHead.decode(head.prefix(size)) } == .invalidArgument)
    }
    for _ in 0..<5_000 {
      var changed = head
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        changed[Int.random(in: 0..<head.count, using: &random)] = UInt8.random(in: 0 ... .max, using: &random)
      }
      let result = statusOf { _ = try RequestHead.decode(changed[...]) }
      #expect(result == .ok || result == .invalidArgument)
      let reply = statusOf { _ = try ReplyHead.decode(changed[...]) }
      #expect(reply == .invalidArgument)
    }
  }

  @Test func goodRepliesAreWrittenInOneWay() {
    var random = Dice.fresh("ids of replies")
    for id in ["", "a", #"q"\"#] + (0..<100).map({ _ in text(&random) }) {
      #expect(ReplyHead.encodedOK(id: id) == ReplyHead.ok(id: id).encode())
    }
  }

  private func text(_ random: inout Dice) -> String {
    let scalars = (0..<Int.random(in: 0...12, using: &random)).compactMap { _ in
      Unicode.Scalar(UInt32.random(in: 0...(Bool.random(using: &random) ? 0x7F : 0x1_F6FF), using: &random))
    }
    return String(String.UnicodeScalarView(scalars))
  }
}

struct StatusTests {
  /// What an asker looks at first agrees with the whole head, for heads of every kind.
  @Test(arguments: [
    #"{"id":"a","status":"ok"}"#, #" { "status" : "ok", "id" : "a" } "#, #"{"id":"a","status":"ok","x":[1]}"#,
    #"{"id":"a","status":"not_found","message":"m"}"#, #"{"id":"a","status":"odd"}"#, #"{"status":"ok"}"#,
    #"{"id":"a"}"#, #"{"id":"","status":"ok"}"#, #"{"id":"a","status":"ok"}}"#, #"{"id":1,"status":"ok"}"#,
    #"{"id":"a","status":"ok","status":"aborted"}"#, #"{"id":"a","status":"\u006fk"}"#, "{}", "", "[]",
  ]) func failuresAreThoseOfTheWholeHead(text: String) {
    let bytes = Array(text.utf8)
    let whole = Result { try ReplyHead.decode(bytes[...]).error }
    let quick = Result { try ReplyHead.failure(in: bytes[...]) }
    switch (whole, quick) {
    case (.success(let whole), .success(let quick)):
      #expect(whole?.status == quick?.status && whole?.message == quick?.message)
    case (.failure(let whole), .failure(let quick)):
      #expect((whole as? WireError)?.message == (quick as? WireError)?.message)
    default: Issue.record("\(text): \(whole), \(quick)")
    }
  }

  @Test func unknownCodesReadAsUnknown() throws {
    #expect(Status(wire: "ok") == .ok)
    #expect(Status(wire: "data_loss") == .dataLoss)
    #expect(Status(wire: "tea_time") == .unknown)
    #expect(Status(wire: "") == .unknown)
    let text = #"{"id":"i","status":"tea_time"}"#
    #expect(try ReplyHead.decode(Array(text.utf8)[...]).error?.status == .unknown)
    #expect(Status.known.count == 17)
  }

  @Test(arguments: [
    (#"{"owner":"a"}"#, "a"), (#"{"x":[1],"owner":"b"}"#, "b"), (#"{"owner":null}"#, nil), ("{}", nil),
    ("[", nil), (#"{"owner":3}"#, nil),
  ]) func ownerOfDetails(details: String, owner: String?) {
    #expect(WireError(.failedPrecondition, "no", details: Array(details.utf8)).owner == owner)
  }

  @Test func theCauseIsToldHereOnly() {
    let error = WireError.invalid("no", cause: JSONError(offset: 3, reason: "odd"))
    #expect(error.description == "invalid_argument: no (odd at byte 3)")
    #expect(ReplyHead.failure(id: "i", error).error?.cause == nil)
  }
}
