import Contracts
import Support
import Testing
import Wire

@testable import Ingestion

/// Drafts are read the short way or the long way, to the same end.
struct DraftTests {
  private static let plain = EventDraft(
    customer: "007", type: .dataUsage, value: Decimal6(millionths: -1_500_000), unit: "MB", at: -5,
    day: Day(number: 19_675), source: "cdr", sourceType: "cdr", sourceID: "r-1", shape: 2, quiet: true,
    metadata: Array(#"{"a":[1,{"b":"}"}]}"#.utf8))

  private func canonical(_ text: [UInt8]) -> Bool {
    text.withUnsafeBufferPointer { CanonicalDraft($0) != nil }
  }

  @Test("what is written in plain text goes the short way")
  func short() throws {
    let small = EventDraft(
      customer: "a", type: .activation, at: 0, day: Day(number: 0), source: "s", sourceType: "crm",
      sourceID: "i")
    for written in [Self.plain, small] {
      #expect(canonical(written.encoded()))
      let read = try AppendDraft(written.encoded()[...])
      #expect(text(read.customer) == written.customer)
      #expect(text(read.source) == written.source)
      #expect(text(read.id) == written.sourceID)
      #expect(read.shape == written.shape)
    }
  }

  @Test("the writer of many drafts writes what a draft is, one after the other")
  func writer() {
    var writer = DraftWriter(source: "c\"d\u{e9}", type: "cdr")
    let events = [
      MappedEvent(
        customerID: "007\\", type: .dataUsage, value: Decimal6(millionths: 1), unit: "MB", at: -5,
        sourceEventID: "r-1", shape: 2, metadata: Array(#"{"a":1}"#.utf8)),
      MappedEvent(
        customerID: "b", type: .reversal, at: 0, sourceEventID: "\u{1F600}", shape: 1, metadata: [],
        reverses: RecordName(source: "x", id: "y\"")),
      MappedEvent(customerID: "c", type: .activation, at: 7, sourceEventID: "i", shape: 1, metadata: []),
    ]
    for (event, quiet) in zip(events, [true, false, false]) {
      let draft = EventDraft(
        customer: event.customerID, type: event.type, value: event.value, unit: event.unit, at: event.at,
        day: Day(number: 19_675), source: "c\"d\u{e9}", sourceType: "cdr", sourceID: event.sourceEventID,
        shape: event.shape, quiet: quiet, metadata: event.metadata, reverses: event.reverses)
      writer.write(event, day: Day(number: 19_675), quiet: quiet)
      #expect(text(writer.bytes[...]) == text(draft.encoded()[...]))
    }
  }

  @Test("what is not goes the long way", arguments: ["ü", "a\"b", "a\\b"])
  func long(customer: String) throws {
    var written = Self.plain
    written.customer = customer
    #expect(!canonical(written.encoded()))
    let read = try AppendDraft(written.encoded()[...])
    #expect(text(read.customer) == customer)
    #expect(read.shape == 2)
  }

  @Test("whatever is damaged, both ways agree and nothing traps")
  func damaged() throws {
    let seed = UInt64.random(in: 0 ... .max)
    var random = SeededGenerator(seed: seed)
    let whole = Self.plain.encoded()
    for count in 0..<whole.count {
      #expect(read(Array(whole.prefix(count))) == nil, "the first \(count) bytes")
    }
    let bytes = Array(#"{}[]":,\0-1.eE a"#.utf8)
    var (short, good) = (0, 0)
    for _ in 0..<20_000 {
      var damaged = whole
      let place = Int.random(in: 1..<damaged.count, using: &random)
      switch Int.random(in: 0..<3, using: &random) {
      case 0: damaged[place] = bytes.randomElement(using: &random) ?? 0
      case 1: damaged.remove(at: place)
      default: damaged.insert(bytes.randomElement(using: &random) ?? 0, at: place)
      }
      let detour = [damaged[0], UInt8(ascii: " ")] + damaged.dropFirst()
      #expect(read(damaged) == read(detour), "seed \(seed): \(text(damaged[...]))")
      if canonical(damaged) { short += 1 }
      if read(damaged) != nil { good += 1 }
    }
    #expect(short > 1_000 && good > 1_000 && good < 19_000)
  }

  private func read(_ bytes: [UInt8]) -> [String]? {
    guard let draft = try? AppendDraft(bytes[...]) else { return nil }
    return [
      text(draft.customer), text(draft.source), text(draft.id), String(draft.shape), String(draft.isReversal),
    ]
  }

  @Test("marks differ by every part of the name, and by kind")
  func marks() {
    func marks(_ customer: String, _ source: String, _ id: String) -> [UInt128] {
      let identity = RecordIdentity(customer: customer, (source, id))
      return [identity.takenBack] + identity.events + identity.reversals
    }
    let all =
      marks("a", "b", "c") + marks("ab", "", "c") + marks("", "ab", "c") + marks("a", "bc", "")
      + marks("b", "a", "c")
    #expect(Set(all).count == 5 * 65)
    // Fixed for ever: another value would make every event new.
    let fixed = RecordIdentity(customer: "C-1", ("cdr", "r1")).event(shape: 1)
    #expect(fixed.hex == "d677f8c3d9d0a52864660101f9a53e1c")
  }
}
