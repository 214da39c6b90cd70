import Wire

/// The drafts of one part, read and checked as a whole before anything is changed.
struct PartDrafts: Sendable {
  struct Draft: Sendable {
    let bytes: ArraySlice<UInt8>
    /// The place of its customer among the part's customers.
    let customer: Int
    /// The mark by which it is known again: as an event, or as a REVERSAL.
    let mark: UInt128
    /// The mark that its record was taken back.
    let takenBack: UInt128
    /// The place of its REVERSAL among the part's, or -1.
    let reversal: Int
    /// Whether it may say where the customer lives.
    let isProfile: Bool
  }

  private(set) var drafts: [Draft] = []
  private(set) var reversals: [AppendDraft] = []
  /// Each customer once.
  private(set) var customers: [String] = []
  private var places: [String: Int] = [:]

  /// Throws `invalid_argument` for a draft that cannot be an event, is of another source, or of a customer
  /// whose partition is another one.
  init(
    _ payloads: inout Frames.Iterator, count: Int, source: String, partition: Int, partitions: Int
  ) throws(WireError) {
    drafts.reserveCapacity(count)
    let source = Array(source.utf8)
    while let payload = payloads.next() {
      let draft = try AppendDraft(payload)
      guard draft.source.elementsEqual(source) else { throw .invalid("a draft is of another source") }
      let customer = try place(of: draft.customer, partition, partitions)
      let identity = draft.identity
      if draft.isReversal { reversals.append(draft) }
      drafts.append(
        Draft(
          bytes: payload, customer: customer,
          mark: draft.isReversal ? identity.reversal(shape: draft.shape) : identity.event(shape: draft.shape),
          takenBack: identity.takenBack, reversal: draft.isReversal ? reversals.count - 1 : -1,
          isProfile: draft.isProfile))
    }
  }

  private mutating func place(
    of customer: ArraySlice<UInt8>, _ partition: Int, _ partitions: Int
  ) throws(WireError) -> Int {
    let name = String(decoding: customer, as: UTF8.self)
    if let place = places[name] { return place }
    guard CustomerID.text(.text(customer)) != nil else {
      throw .invalid("a draft's customer_id cannot be one")
    }
    guard Partitioning.partition(of: customer, count: partitions) == partition else {
      throw .invalid("a draft's customer is not of partition \(partition)")
    }
    places[name] = customers.count
    customers.append(name)
    return customers.count - 1
  }
}
