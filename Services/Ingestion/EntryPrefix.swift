import Wire

/// What the owner writes before a draft's own members:
/// `{"v":1,"kind":"event","id":...,"prev":...,"ingested_at":...`.
struct EntryPrefix: Sendable {
  private let eventStart: [UInt8]
  private let waitingStart: [UInt8]
  private let ingested: [UInt8]

  /// For entries of one step, taken in at `now` (unix microseconds).
  init(partition: Int, now: Int64) {
    eventStart = Array(#"{"v":1,"kind":"event","id":"e-\#(partition)-"#.utf8)
    waitingStart = Array(#"{"v":1,"kind":"reversal_waiting","id":"e-\#(partition)-"#.utf8)
    ingested = Array(#","ingested_at":\#(now),"#.utf8)
  }

  /// The entry of an event; the draft is an object with at least one member.
  func event(_ number: Int64, prev: Int64, _ draft: ArraySlice<UInt8>) -> [UInt8] {
    entry(eventStart, number, prev, draft)
  }

  /// The entry of a REVERSAL whose record has not come.
  func waiting(_ number: Int64, prev: Int64, _ draft: ArraySlice<UInt8>) -> [UInt8] {
    entry(waitingStart, number, prev, draft)
  }

  private static let numbersBytesMax = 60
  private static let prevStart = Array(#"","prev":"#.utf8)

  @inline(__always)
  private func entry(_ start: [UInt8], _ number: Int64, _ prev: Int64, _ draft: ArraySlice<UInt8>) -> [UInt8]
  {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(start.count + ingested.count + draft.count + Self.numbersBytesMax)
    bytes.append(contentsOf: start)
    bytes.append(decimal: number.magnitude)
    bytes.append(contentsOf: Self.prevStart)
    bytes.append(decimal: prev.magnitude)
    bytes.append(contentsOf: ingested)
    bytes.append(contentsOf: draft.dropFirst())
    return bytes
  }
}
