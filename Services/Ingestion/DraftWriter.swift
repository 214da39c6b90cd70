import Contracts
import Wire

/// Writes the drafts of one source one after the other into the same memory: the text of `EventDraft`, of
/// which the source's own members are written once.
struct DraftWriter: Sendable {
  private var writer = JSONWriter(capacity: 512)
  private let source: [UInt8]

  init(source: String, type: String) {
    let members = JSONWriter.object { writer in
      writer.member("source", source)
      writer.member("source_type", type)
    }
    self.source = Array(members.dropFirst().dropLast())
  }

  /// The draft that was written last.
  var bytes: [UInt8] { writer.bytes }

  mutating func write(_ event: MappedEvent, day: Day, quiet: Bool) {
    let source = source
    writer.clear()
    writer.object { writer in
      writer.member("customer_id", event.customerID)
      writer.member("at", event.at)
      writer.member("type", event.type.rawValue)
      if let value = event.value { writer.member("value", value) }
      writer.member("unit", optional: event.unit)
      writer.member("day", day.number)
      writer.raw(source)
      writer.member("source_event_id", event.sourceEventID)
      if event.shape != 1 { writer.member("shape", event.shape) }
      if quiet { writer.member("quiet", true) }
      if !event.metadata.isEmpty { writer.member("metadata", raw: event.metadata) }
      if let reverses = event.reverses {
        writer.key("reverses")
        writer.object { writer in
          writer.member("source", reverses.source)
          writer.member("source_event_id", reverses.id)
        }
      }
    }
  }
}
