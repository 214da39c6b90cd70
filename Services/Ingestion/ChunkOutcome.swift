import Contracts
import Wire

/// What became of a chunk: each raw record is exactly one of accepted, duplicate, rejected, skipped.
///
/// A record with several events is accepted if one of them is new; else rejected if one was refused; else a
/// duplicate.
struct ChunkOutcome: Sendable {
  /// In the order of precedence among a record's events.
  enum Fate: String, Sendable, Comparable {
    case skipped, duplicate, rejected, accepted

    private var rank: Int {
      switch self {
      case .skipped: 0
      case .duplicate: 1
      case .rejected: 2
      case .accepted: 3
      }
    }
    static func < (left: Fate, right: Fate) -> Bool { left.rank < right.rank }
  }

  private(set) var fates: [Fate]
  private(set) var positions: [Position] = []
  /// Drafts that their owners refused, as rejected records.
  private(set) var refused: [RejectedRow] = []
  private let rejected: [RejectedRow]
  private let names: [Int: ChunkPlan.Named]
  private var eventIDs: [Int: String] = [:]

  /// The fates of what never became a draft; those of the drafts are added part by part.
  init(_ plan: ChunkPlan) {
    fates = Array(repeating: .duplicate, count: plan.count)
    rejected = plan.rejected
    names = plan.names
    for index in plan.skipped { fates[index] = .skipped }
    for row in plan.rejected { fates[row.index] = .rejected }
  }

  /// Adds what the owner of a part answered; `raw` gives a record's text.
  mutating func add(
    _ reply: AppendReply, of part: ChunkPlan.Part, source: String, raw: (Int) -> ArraySlice<UInt8>
  ) {
    var drafts = [Fate](repeating: .accepted, count: part.records.count)
    for place in reply.duplicates where drafts.indices.contains(place) { drafts[place] = .duplicate }
    for (place, code) in reply.refused where drafts.indices.contains(place) {
      drafts[place] = .rejected
      let index = part.records[place]
      refused.append(
        RejectedRow(
          source: source, index: index, raw: raw(index), stage: "append", code: code.rawValue,
          message: code.message))
    }
    for (place, index) in part.records.enumerated() {
      if place < reply.eventIDs.count, drafts[place] > fates[index] || eventIDs[index] == nil {
        eventIDs[index] = reply.eventIDs[place]
      }
      fates[index] = max(fates[index], drafts[place])
    }
    if let position = reply.position { positions.append(position) }
  }

  var counts: RecordCounts {
    var counts = RecordCounts()
    for fate in fates {
      switch fate {
      case .accepted: counts.accepted += 1
      case .duplicate: counts.duplicate += 1
      case .rejected: counts.rejected += 1
      case .skipped: counts.skipped += 1
      }
    }
    return counts
  }

  /// The answer: counts, `errors [{index, code, message}]`, `positions`, and with `detail` the `results`.
  func encoded(detail: Bool) -> [UInt8] {
    JSONWriter.object { writer in
      counts.write(&writer)
      let errors = (rejected + refused).sorted { $0.index < $1.index }
      writer.key("errors")
      writer.array { writer in for row in errors.prefix(IngestionLimits.errorsMax) { write(row, &writer) } }
      writer.key("positions")
      writer.array { writer in
        for position in positions.sorted(by: { $0.partition < $1.partition }) { position.write(&writer) }
      }
      if detail {
        writer.key("results")
        writer.array { writer in for index in fates.indices { writeResult(index, &writer) } }
      }
    }
  }

  private func write(_ row: RejectedRow, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("index", row.index)
      writer.member("code", row.code)
      writer.member("message", row.message)
    }
  }

  private func writeResult(_ index: Int, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("status", fates[index].rawValue)
      if let id = eventIDs[index], !id.isEmpty { writer.member("event_id", id) }
      if let name = names[index] {
        writer.member("customer_id", name.customer)
        writer.member("event_type", name.type.rawValue)
      }
    }
  }
}
