import Journal
import Wire

/// How far the feed of a source was read, over HTTP or by SQL.
struct FeedRow: Sendable, Hashable {
  /// Records that are remembered at a cursor; of more, those that come again count as duplicates.
  static let seenMax = 10_000
  /// Not secret: it only tells records apart. The ASCII text `laurel-feed-mark`.
  fileprivate static let key = SipHash.Key(low: 0x662d_6c65_7275_616c, high: 0x6b72_616d_2d64_6565)

  var place = FeedPlace()
  /// Records taken since the source's first run.
  var records: Int64 = 0

  /// As it stands once a page was taken.
  func moved(by page: HeldPage) -> FeedRow {
    FeedRow(place: page.place, records: records + Int64(page.records.count))
  }

  static func mark(_ record: some Collection<UInt8>) -> UInt128 {
    let (low, high) = SipHash.hash128(record, key: key)
    return UInt128(high: high, low: low)
  }

  init(place: FeedPlace = FeedPlace(), records: Int64 = 0) {
    self.place = place
    self.records = records
  }

  init(_ reader: inout PackedReader) throws(PackedError) {
    place = try FeedPlace(&reader)
    records = try reader.signed()
  }

  func pack(_ writer: inout PackedWriter) {
    place.pack(&writer)
    writer.signed(records)
  }
}

/// Where a feed is read on.
struct FeedPlace: Sendable, Hashable {
  /// Of which feed: another address or query begins anew.
  var identity = ""
  /// Empty at the beginning.
  var cursor = ""
  /// The marks of records that were taken and may come again at the cursor.
  var seen: [UInt128] = []

  init(identity: String = "", cursor: String = "", seen: [UInt128] = []) {
    self.identity = identity
    self.cursor = cursor
    self.seen = seen
  }

  init(_ reader: inout PackedReader) throws(PackedError) {
    identity = try reader.text()
    cursor = try reader.text()
    seen = try reader.array { (reader) throws(PackedError) in
      UInt128(high: try reader.unsigned(), low: try reader.unsigned())
    }
  }

  func pack(_ writer: inout PackedWriter) {
    writer.text(identity)
    writer.text(cursor)
    writer.array(seen) { writer, mark in
      writer.unsigned(UInt64(truncatingIfNeeded: mark >> 64))
      writer.unsigned(UInt64(truncatingIfNeeded: mark))
    }
  }
}

/// Records on their way into one chunk, and where the feed goes on behind them: the page in hand.
///
/// It is kept from before its first event is appended until all are: after an interruption the very same
/// records are taken again, whatever the other side would say by then, so that each counts once.
struct HeldPage: Sendable, Hashable {
  var place: FeedPlace
  var records: [ArraySlice<UInt8>]

  /// What of a page is new at a place; the page's end is the place after it.
  init(_ page: FeedPage, at place: FeedPlace, identity: String) {
    let seen = Set(place.seen)
    records = seen.isEmpty ? page.records : page.records.filter { !seen.contains(FeedRow.mark($0)) }
    // Nothing came, so what may come again is still the same.
    let isStill = page.records.isEmpty && page.next == place.cursor && identity == place.identity
    let repeats = page.repeats <= FeedRow.seenMax ? page.records.suffix(page.repeats) : []
    self.place =
      isStill
      ? place
      : FeedPlace(identity: identity, cursor: page.next, seen: repeats.map { FeedRow.mark($0) })
  }

  /// Tells its records from others.
  var digest: String {
    var hash = SipHash(key: FeedRow.key, wide: true)
    for record in records {
      withUnsafeBytes(of: UInt64(record.count).littleEndian) { hash.update($0) }
      hash.update(record)
    }
    let (low, high) = hash.final128()
    return UInt128(high: high, low: low).hex
  }

  init(_ reader: inout PackedReader) throws(PackedError) {
    place = try FeedPlace(&reader)
    records = try reader.array { (reader) throws(PackedError) in try reader.blob() }
  }

  func pack(_ writer: inout PackedWriter) {
    place.pack(&writer)
    writer.array(records) { $0.blob($1) }
  }

  var packed: [UInt8] {
    var writer = PackedWriter()
    pack(&writer)
    return writer.bytes
  }

  /// Reads what `packed` made; throws `invalid_argument`.
  init(payload: ArraySlice<UInt8>?) throws(WireError) {
    guard let payload else { throw .invalid("the page is missing") }
    var reader = PackedReader(payload)
    do { try self.init(&reader) } catch { throw .invalid("the page: \(error)", cause: error) }
  }
}
