import Contracts
import Journal
import Support
import Testing
import Wire

@testable import Ingestion
@testable import Journal

/// The definitions of sources.
struct SourcesTests {
  private static let calls =
    #"{"name":"calls","type":"cdr","format":{"kind":"json_lines"},"events":[{"customer_id":"c","event_type":"#
    + #"{"const":"ACTIVATION"},"timestamp":"t"}]}"#

  private func put(_ twin: Twin<SourcesFold>, _ text: String) throws -> String {
    let payload = Array(#"{"definition": \#(text)}"#.utf8)
    return String(decoding: try twin.command(Method.putSource, [payload], now: 1).first ?? [], as: UTF8.self)
  }

  @Test("the same name replaces and counts up; the same text changes nothing")
  func versions() throws {
    let folder = try ScratchFolder()
    let twin = try Twin(SourcesFold(), partition: 1, path: "\(folder.path)/s")
    #expect(try put(twin, Self.calls).hasPrefix(#"{"source_name":"calls","version":1,"changed":true,"#))
    #expect(try put(twin, Self.calls).hasPrefix(#"{"source_name":"calls","version":1,"changed":false,"#))
    let changed = Self.calls.replacing(#""t""#, with: #""time""#)
    #expect(try put(twin, changed).hasPrefix(#"{"source_name":"calls","version":2,"changed":true,"#))
    #expect(twin.outputs.count == 2)
    let row = try #require(try twin.reader.row("s:calls"))
    var expected = SourceDefinition(sourceName: "calls", sourceType: "cdr", version: 2, mapping: changed)
    (expected.createdAt, expected.updatedAt) = (1, 1)
    #expect(row == expected)
  }

  @Test("the built-in definitions come once, and an edited one is left alone")
  func seeds() throws {
    let folder = try ScratchFolder()
    let twin = try Twin(SourcesFold(), partition: 1, path: "\(folder.path)/s")
    try twin.command(JournalMethod.seed, [], now: 1)
    #expect(twin.outputs.count == BuiltInSources.all.count)
    try twin.command(JournalMethod.seed, [], now: 2)
    #expect(twin.outputs.count == BuiltInSources.all.count)
    _ = try put(twin, Self.calls.replacing("calls", with: "push"))
    try twin.command(JournalMethod.seed, [], now: 3)
    #expect(twin.outputs.count == BuiltInSources.all.count + 1)
    #expect(try twin.reader.row("s:push")?.origin == .operator)
  }

  @Test("an untouched built-in definition is updated by a release that has another one")
  func update() throws {
    let folder = try ScratchFolder()
    let path = "\(folder.path)/s"
    let old = try Twin(SourcesFold(), partition: 1, path: path)
    try old.command(JournalMethod.seed, [], now: 1)
    var newer = try #require(try old.reader.row("s:push"))
    newer.mapping = Self.calls
    var work = Batch<SourcesFold>(
      fold: SourcesFold(builtIn: [newer]), partition: 1, progress: old.progress,
      registers: EmptyRow(), definitions: EmptyRow(), cache: RowCache(limit: 10),
      store: old.reader.store)
    let command = Command(method: JournalMethod.seed, key: "", payloads: Frames())
    #expect(text(try work.take(command, now: 2).get().first ?? []).hasPrefix(#"{"added":0,"updated":1,"#))
    #expect(work.work.row("s:push")?.version == 2)
  }

  @Test("a customer partition keeps what the definitions journal says")
  func followed() throws {
    let folder = try ScratchFolder()
    let sources = try Twin(SourcesFold(), partition: 1, path: "\(folder.path)/s")
    _ = try put(sources, Self.calls)
    let partition = try PartitionUnderTest()
    let unknown = Array(#"{"v":1,"kind":"later","id":"x","prev":0}"#.utf8)
    try partition.twin.feed(.ingestionDefinitions, sources.outputs + [unknown], now: 1)
    var expected = SourceDefinition(sourceName: "calls", sourceType: "cdr", mapping: Self.calls)
    (expected.createdAt, expected.updatedAt) = (1, 1)
    #expect(try partition.row("!s:calls") == .source(expected))
  }

  @Test(
    "a bad definition is refused naming the member",
    arguments: [
      (#"{"definition": {"name": "x", "type": "cdr"}}"#, "format"), (#"{"definition": 3}"#, "definition"),
      ("{}", "definition"), ("", "payload"),
      (
        #"{"definition": {"name":"x","type":"letters","format":{"kind":"json_lines"},"#
          + #""events":[{"customer_id":"c","event_type":{"const":"ACTIVATION"},"timestamp":"t"}]}}"#,
        "type"
      ),
      (
        #"{"definition": {"name":"x","type":"cdr","format":{"kind":"json_lines"},"#
          + #""events":[{"customer_id":"c","event_type":{"const":"WALK"},"timestamp":"t"}]}}"#,
        "events[0].event_type"
      ),
    ])
  func refused(payload: String, named: String) {
    let error = refusal { _ = try SourceDefinition.compile(try SourceCommand.mapping(bytes(payload))) }
    #expect(error?.status == .invalidArgument)
    #expect(error?.message.contains(named) == true, "\(error?.message ?? "")")
  }
}
