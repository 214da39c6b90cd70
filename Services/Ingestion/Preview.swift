import Wire

/// What a mapping makes of records, without storing anything.
enum Preview {
  /// `{"outcomes": [{"index", "fate": "event|skipped|rejected", ...}]}`; a record with several events has
  /// several.
  static func encoded(_ records: [ArraySlice<UInt8>], form: RecordForm, reader: RawRecordReader, now: Int64)
    -> [UInt8]
  {
    JSONWriter.object { writer in
      writer.key("outcomes")
      writer.array { writer in
        for (index, bytes) in records.enumerated() {
          for outcome in form.map(reader.read(bytes), now: now) { write(outcome, index, &writer) }
        }
      }
    }
  }

  private static func write(_ outcome: MappedOutcome, _ index: Int, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("index", index)
      switch outcome {
      case .skipped: writer.member("fate", "skipped")
      case .rejected(let rejection):
        writer.member("fate", "rejected")
        writer.member("stage", rejection.stage.rawValue)
        writer.member("code", rejection.code.rawValue)
        writer.member("message", rejection.message)
      case .event(let event): write(event, &writer)
      }
    }
  }

  private static func write(_ event: MappedEvent, _ writer: inout JSONWriter) {
    writer.member("fate", "event")
    writer.member("customer_id", event.customerID)
    writer.member("event_type", event.type.rawValue)
    writer.member("at", event.at)
    if let value = event.value { writer.member("value", value) }
    writer.member("unit", optional: event.unit)
    writer.member("source_event_id", event.sourceEventID)
    writer.member("shape", event.shape)
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
