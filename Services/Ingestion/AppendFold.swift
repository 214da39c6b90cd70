import Contracts
import Journal
import Wire

extension IngestionFold {
  /// Appends the drafts of one part; a part that was appended before gives its answer again.
  func append(_ payloads: Frames, _ work: inout Work<Self>) throws(WireError) -> Frames {
    var iterator = payloads.makeIterator()
    let request = try AppendRequest(iterator.next())
    guard request.partition == work.partition else {
      throw .invalid("the append is for partition \(request.partition), this is \(work.partition)")
    }
    let key = IngestionRow.partKey(request.chunk)
    if case .part(let part) = work.row(key) { return reply(part, request, work) }
    var step = AppendStep(source: request.source, zones, work)
    for _ in 0..<request.originals {
      let original = try Original(iterator.next())
      step.originals[original.number] = original.entry
    }
    let part = try PartDrafts(
      &iterator, count: payloads.count, source: request.source, partition: work.partition,
      partitions: request.partitions)
    let row = PartRow(source: request.source, fates: try step.take(part, &work))
    work.set(key, .part(row))
    return reply(row, request, work)
  }

  private func reply(_ part: PartRow, _ request: AppendRequest, _ work: borrowing Work<Self>) -> Frames {
    Frames([
      AppendReply.encoded(
        part, partition: work.partition, head: work.nextNumber - 1, detail: request.detail)
    ])
  }
}

/// One part on its way into the journal.
struct AppendStep {
  /// Entries that REVERSALs of this part may take back, by number: given along, or appended in this step.
  var originals: [Int64: [UInt8]] = [:]
  private let entries: EntryPrefix
  private let source: String
  /// The last entry of each customer of the part, and where they live.
  private var places: [Residence] = []
  private let zones: Zones
  /// Records whose REVERSAL began to wait in this step.
  private var waitingHere: Set<UInt128> = []
  /// Records that arrived for a waiting REVERSAL.
  private var arrived: Set<UInt128> = []
  private var keepsEntries = false

  init(source: String, _ zones: Zones, _ work: borrowing Work<IngestionFold>) {
    self.source = source
    self.zones = zones
    entries = EntryPrefix(partition: work.partition, now: work.now)
  }

  /// Appends what is new and gives each draft's fate.
  mutating func take(_ part: PartDrafts, _ work: inout Work<IngestionFold>) throws(WireError) -> [DraftFate] {
    let keys = part.customers.map(IngestionRow.customerKey)
    let rows = work.rows(keys)
    places = keys.map { Residence(rows[$0]) }
    let before = places.map(\.last)
    keepsEntries = !part.reversals.isEmpty
    let known = work.identities(of: part.drafts.map(\.mark))
    let waiting = work.registers.waiting > 0 ? work.identities(of: part.drafts.map(\.takenBack)) : []
    var fates: [DraftFate] = []
    fates.reserveCapacity(part.drafts.count)
    for (place, draft) in part.drafts.enumerated() {
      if known[place] != 0 {
        fates.append(.duplicate(known[place]))
      } else if draft.reversal >= 0 {
        fates.append(
          try takeBack(draft, part.reversals[draft.reversal], part.customers[draft.customer], &work))
      } else if let first = work.claimIdentity(draft.mark, work.nextNumber) {
        fates.append(.duplicate(first))
      } else {
        fates.append(.accepted(work.nextNumber))
        let isAwaited = !waiting.isEmpty && waiting[place] != 0 || waitingHere.contains(draft.takenBack)
        emit(draft, isAwaited, part.customers[draft.customer], &work)
      }
    }
    for (place, key) in keys.enumerated() where places[place].last != before[place] {
      work.set(key, places[place].row)
    }
    settle(&work)
    return fates
  }

  /// A draft as an entry: what the owner adds comes first, then the draft's own text.
  @inline(__always)
  private mutating func emit(
    _ draft: PartDrafts.Draft, _ isAwaited: Bool, _ customer: String, _ work: inout Work<IngestionFold>
  ) {
    let number = work.nextNumber
    let bytes = draft.isProfile || places[draft.customer].zone != nil ? stamped(draft) : draft.bytes
    let entry = entries.event(number, prev: places[draft.customer].last, bytes)
    places[draft.customer].last = number
    if keepsEntries { originals[number] = entry }
    work.emit(raw: entry)
    if isAwaited { resolve(draft, number, entry, customer, &work) }
  }
}

extension AppendStep {
  /// The draft with the day of the customer's own zone as it is known now; what it says itself counts for it.
  private mutating func stamped(_ draft: PartDrafts.Draft) -> ArraySlice<UInt8> {
    if draft.isProfile, let update = ZoneUpdate(draft.bytes, zones) { places[draft.customer].add(update) }
    guard let name = places[draft.customer].zone, name != zones.usual.name, let zone = zones[name] else {
      return draft.bytes
    }
    return DayStamp.stamped(draft.bytes, zone)
  }

  /// Takes back the record that a REVERSAL names, or lets the REVERSAL wait for it.
  private mutating func takeBack(
    _ draft: PartDrafts.Draft, _ reversal: AppendDraft, _ customer: String, _ work: inout Work<IngestionFold>
  ) throws(WireError) -> DraftFate {
    guard let target = reversal.target else { throw .invalid("a REVERSAL that names no record") }
    if let first = work.identity(draft.mark) ?? work.identity(target.takenBack) { return .duplicate(first) }
    let found = Set(work.identities(of: target.events)).subtracting([0]).sorted()
    if found.isEmpty, isReversal(target, draft, &work) { return .refused(.reversalOfReversal) }
    if found.contains(where: { originals[$0] == Original.gone }) { return .refused(.reversalTooOld) }
    let own = WaitingReversal(
      number: work.nextNumber, source: source, id: String(decoding: reversal.id, as: UTF8.self),
      shape: reversal.shape, customer: customer)
    work.setIdentity(draft.mark, own.number)
    work.setIdentity(target.takenBack, own.number)
    if found.isEmpty {
      wait(own, target.takenBack, draft, &work)
    }
    for number in found {
      guard let entry = originals[number] else {
        throw WireError(.aborted, "the original \(number) of a REVERSAL was not given along")
      }
      emitReversal(own, waited: nil, number, entry, customer, draft.customer, &work)
    }
    return .accepted(own.number)
  }

  /// Whether the named record is itself a REVERSAL, this one included.
  private func isReversal(
    _ target: RecordIdentity, _ draft: PartDrafts.Draft, _ work: inout Work<IngestionFold>
  ) -> Bool {
    target.takenBack == draft.takenBack || work.identities(of: target.reversals).contains { $0 != 0 }
  }

  private mutating func wait(
    _ own: WaitingReversal, _ mark: UInt128, _ draft: PartDrafts.Draft, _ work: inout Work<IngestionFold>
  ) {
    work.emit(raw: entries.waiting(own.number, prev: places[draft.customer].last, draft.bytes))
    places[draft.customer].last = own.number
    work.set(IngestionRow.waitingKey(mark), .waiting(own))
    work.registers.waiting += 1
    waitingHere.insert(mark)
  }

  /// Takes back at once an event whose REVERSAL came before it.
  private mutating func resolve(
    _ draft: PartDrafts.Draft, _ number: Int64, _ entry: [UInt8], _ customer: String,
    _ work: inout Work<IngestionFold>
  ) {
    guard case .waiting(let own) = work.row(IngestionRow.waitingKey(draft.takenBack)) else { return }
    emitReversal(own, waited: own.number, number, entry, customer, draft.customer, &work)
    arrived.insert(draft.takenBack)
  }

  /// A REVERSAL waits until the part with its record is taken: all events of a record come in one part.
  private func settle(_ work: inout Work<IngestionFold>) {
    guard !arrived.isEmpty else { return }
    for mark in arrived { work.set(IngestionRow.waitingKey(mark), nil) }
    work.registers.waiting -= arrived.count
  }

  private mutating func emitReversal(
    _ own: WaitingReversal, waited: Int64?, _ number: Int64, _ original: [UInt8], _ customer: String,
    _ place: Int, _ work: inout Work<IngestionFold>
  ) {
    let id = EventID.text(work.partition, work.nextNumber)
    let now = work.now
    if !places[place].updates.isEmpty, let update = ZoneUpdate(original[...], zones) {
      places[place].remove(update)
    }
    places[place].last = work.emit(kind: "reversal", id: id, prev: places[place].last) { writer in
      writer.member("ingested_at", now)
      writer.member("customer_id", customer)
      writer.member("source", own.source)
      writer.member("source_event_id", own.id)
      if own.shape != 1 { writer.member("shape", own.shape) }
      writer.member("waited", optional: waited)
      writer.member("original_number", number)
      writer.member("original", raw: original)
    }
  }
}
