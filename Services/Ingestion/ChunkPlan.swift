import Contracts
import Wire

/// A chunk of raw records, mapped and spread over the partitions of their customers.
///
/// Pure: the same records, form and instant give the same plan.
struct ChunkPlan: Sendable {
  /// What one partition's owner gets.
  struct Part: Sendable {
    let partition: Int
    var drafts = Frames()
    /// The record of each draft.
    var records: [Int] = []
    /// The places of REVERSALs among the drafts.
    var reversals: [Int] = []

    fileprivate mutating func add(_ draft: [UInt8], isReversal: Bool, of record: Int) {
      if isReversal { reversals.append(drafts.count) }
      drafts.append(draft)
      records.append(record)
    }
  }

  /// An event on its way, for answers that name it.
  struct Named: Sendable {
    let customer: String
    let type: EventType
  }

  private(set) var count = 0
  private(set) var skipped: [Int] = []
  private(set) var rejected: [RejectedRow] = []
  /// By the record's first event.
  private(set) var names: [Int: Named] = [:]
  private var spread: [Part]
  private var drafts: DraftWriter
  private let form: RecordForm
  private let zone: Zone
  private let now: Int64
  private let keepsNames: Bool

  /// In the order of their partitions.
  var parts: [Part] { spread.filter { !$0.records.isEmpty } }

  /// `zone` is that of customers' days; `now` is unix microseconds; `names` asks for each record's first
  /// event.
  init(form: RecordForm, partitions: Int, zone: Zone, now: Int64, names: Bool = false) {
    self.form = form
    drafts = DraftWriter(source: form.name, type: form.type)
    self.zone = zone
    self.now = now
    keepsNames = names
    spread = (0..<partitions).map { Part(partition: $0) }
  }

  /// Takes the next raw record.
  mutating func take(_ record: RawRecord) {
    let index = count
    count += 1
    for outcome in form.map(record, now: now) {
      switch outcome {
      case .skipped: skipped.append(index)
      case .rejected(let rejection):
        rejected.append(
          RejectedRow(
            source: form.name, index: index, raw: record.bytes, stage: rejection.stage.rawValue,
            code: rejection.code.rawValue, message: rejection.message))
      case .event(let event): add(event, of: index)
      }
    }
  }

  private mutating func add(_ event: MappedEvent, of index: Int) {
    let isReversal = event.type == .reversal
    drafts.write(
      event, day: zone.day(ofMicros: event.at), quiet: !isReversal && form.isQuiet(at: event.at))
    if keepsNames, names[index] == nil { names[index] = Named(customer: event.customerID, type: event.type) }
    spread[Partitioning.partition(of: event.customerID, count: spread.count)].add(
      drafts.bytes, isReversal: isReversal, of: index)
  }
}
