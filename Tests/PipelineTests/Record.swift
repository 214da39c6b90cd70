import Contracts
import Wire

/// A raw record as a client pushes it.
struct Record: Sendable, Equatable {
  /// A member of a record's metadata.
  enum Note: Sendable, Equatable {
    case text(String)
    case number(Decimal6)
    case flag(Bool)
    case group([String: Note])
  }

  var type: EventType
  var customer: String
  var id: String
  /// Event time, unix microseconds.
  var at: Int64
  var value: Decimal6?
  var notes: [String: Note] = [:]
  /// The record that a reversal takes back.
  var reverses: String?

  /// The record that takes this one back.
  var back: Record {
    Record(type: .reversal, customer: customer, id: id + "/back", at: at, reverses: id)
  }

  /// The same record with another value, where its type allows a greater one.
  var otherwise: Record {
    guard let value, type != .profileUpdate, type != .qoeIssue else { return self }
    var other = self
    other.value = value + Decimal6(1)
    return other
  }

  /// The day on which it happened.
  var day: Int { Self.day(at) }

  /// An instant's day, counted from a story's first.
  static func day(_ at: Int64) -> Int {
    let (days, rest) = (at - Story.start).quotientAndRemainder(dividingBy: Story.dayMicros)
    return Int(rest < 0 ? days - 1 : days)
  }

  var text: String {
    let text = JSONWriter.object { writer in
      writer.member("customer_id", customer)
      writer.member("event_type", type.rawValue)
      writer.member("timestamp", at)
      writer.member("source_event_id", id)
      if let value { writer.member("value", value) }
      if !notes.isEmpty {
        writer.key("metadata")
        Note.group(notes).write(&writer)
      }
      if let reverses {
        writer.key("reverses")
        writer.object { $0.member("source_event_id", reverses) }
      }
    }
    return String(decoding: text, as: UTF8.self)
  }
}

extension Record.Note {
  var text: String? { if case .text(let text) = self { text } else { nil } }
  var number: Decimal6? { if case .number(let number) = self { number } else { nil } }
  var members: [String: Record.Note] { if case .group(let members) = self { members } else { [:] } }

  func write(_ writer: inout JSONWriter) {
    switch self {
    case .text(let text): writer.string(text)
    case .number(let number): writer.decimal(number)
    case .flag(let flag): writer.bool(flag)
    case .group(let members):
      writer.object { writer in
        for (name, note) in members.sorted(by: { $0.key < $1.key }) {
          writer.key(text: name)
          note.write(&writer)
        }
      }
    }
  }
}
