import Contracts
import Journal
import Wire

/// Forgetting a customer: what says so, and what is kept apart from the journal.
extension IngestionFold {
  /// Journals that the customer is forgotten: `{"customer_id", "last", "records"}`, as the shell has counted
  /// them up to the entry `last`; `aborted` when others came in between.
  func forget(_ payloads: Frames, _ work: inout Work<Self>) throws(WireError) -> Frames {
    let request = try ForgetRequest(payloads.first)
    let residence = Residence(work.row(IngestionRow.customerKey(request.customer)))
    guard residence.last > 0 else { throw .notFound("nothing is kept of the customer") }
    guard residence.last == request.last else {
      throw WireError(.aborted, "the customer has had another entry, \(residence.last)")
    }
    let entry = ForgetEntry(customer: request.customer, records: request.records)
    let (id, now) = (EventID.text(work.partition, work.nextNumber), work.now)
    let number = work.emit(kind: ForgetEntry.kind, id: id, prev: residence.last) { writer in
      writer.member("ingested_at", now)
      entry.write(&writer)
    }
    drop(request.customer, &work)
    return Frames([JSONWriter.object { $0.member("number", number) }])
  }

  /// Of the marks of his records those stay by which a repeat is known: they name nobody.
  func drop(_ customer: String, _ work: inout Work<Self>) {
    work.set(IngestionRow.customerKey(customer), nil)
    guard work.registers.waiting > 0 else { return }
    let keys = work.keys(
      after: IngestionRow.waitingPrefix, prefix: IngestionRow.waitingPrefix, limit: .max / 2)
    for key in keys {
      guard case .waiting(let waiting) = work.row(key), waiting.customer == customer else { continue }
      work.set(key, nil)
      work.registers.waiting -= 1
    }
  }

  /// Blanks rejected records: `{"keys": [...]}`. Their counts and reasons' codes stay.
  func blank(_ payloads: Frames, _ work: inout Work<Self>) throws(WireError) -> Frames {
    var keys: [String] = []
    try Payload.read(payloads.first) { key, scanner in
      guard case "keys" = key else {
        _ = try scanner.skip()
        return
      }
      try scanner.beginArray()
      while try scanner.nextElement() { keys.append(try scanner.string()) }
    }
    for key in keys {
      guard case .rejected(var row) = work.row(key) else { continue }
      (row.raw, row.message) = ([], "")
      work.set(key, .rejected(row))
    }
    return Frames([JSONWriter.object { $0.member("blanked", keys.count) }])
  }
}

/// `{"customer_id", "last", "records": {source: count}}`.
struct ForgetRequest: Sendable, Equatable {
  var customer = ""
  /// The number of the customer's last entry.
  var last: Int64 = 0
  /// Accepted records by source.
  var records: [String: Int] = [:]

  init() {}

  init(_ payload: ArraySlice<UInt8>?) throws(WireError) {
    var request = ForgetRequest()
    try Payload.read(payload) { key, scanner in
      switch key {
      case "customer_id": request.customer = try scanner.string()
      case "last": request.last = try scanner.integer()
      case "records":
        try scanner.beginObject()
        while let source = try scanner.nextKey() {
          request.records[source.description] = Int(try scanner.integer())
        }
      default: try scanner.skip()
      }
    }
    guard !request.customer.isEmpty else { throw .invalid("'customer_id' is missing") }
    self = request
  }

  func encoded() -> [UInt8] {
    JSONWriter.object { writer in
      writer.member("customer_id", customer)
      writer.member("last", last)
      writer.key("records")
      writer.object { writer in
        for (source, count) in records.sorted(by: { $0.key < $1.key }) {
          writer.key(text: source)
          writer.integer(count)
        }
      }
    }
  }
}
