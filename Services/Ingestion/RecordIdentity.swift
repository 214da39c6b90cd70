import Wire

/// By which the events of a raw record are known again: a keyed hash of customer, source and the source's id.
///
/// Three kinds of marks come of it: one for each event of the record, one that the record was taken back, and
/// one for each REVERSAL that the record itself is. They differ in the last byte that is hashed.
struct RecordIdentity: Sendable {
  /// Events of one record.
  static let shapesMax = MappingLimits.shapesMax
  /// The key: the ASCII text `laurel-event-ids`. It is fixed for ever: another one would make every event
  /// new.
  private static let key = SipHash.Key(low: 0x652d_6c65_7275_616c, high: 0x7364_692d_746e_6576)
  private static let reversalMark: UInt8 = 0x80

  private let hash: SipHash

  /// The lengths come first, so that no two records give the same bytes.
  init(
    customer: some Collection<UInt8>, source: some Collection<UInt8>, id: some Collection<UInt8>
  ) {
    let lengths = UInt64(customer.count) << 32 | UInt64(source.count) << 16 | UInt64(id.count)
    var hash = SipHash(key: Self.key, wide: true)
    withUnsafeBytes(of: lengths.littleEndian) { hash.update($0) }
    hash.update(customer)
    hash.update(source)
    hash.update(id)
    self.hash = hash
  }

  init(customer: String, _ record: (source: String, id: String)) {
    self.init(customer: customer.utf8, source: record.source.utf8, id: record.id.utf8)
  }

  /// The mark of the record's event of a shape, 1 to `shapesMax`.
  func event(shape: Int) -> UInt128 { mark(UInt8(truncatingIfNeeded: shape)) }

  /// The mark that the record was taken back.
  var takenBack: UInt128 { mark(0) }

  /// The mark of the REVERSAL that the record is in a shape.
  func reversal(shape: Int) -> UInt128 { mark(Self.reversalMark | UInt8(truncatingIfNeeded: shape)) }

  /// The marks of all events that the record can have, by shape.
  var events: [UInt128] { (1...Self.shapesMax).map { event(shape: $0) } }

  /// The marks of all REVERSALs that the record can be, by shape.
  var reversals: [UInt128] { (1...Self.shapesMax).map { reversal(shape: $0) } }

  private func mark(_ byte: UInt8) -> UInt128 {
    var hash = hash
    withUnsafeBytes(of: byte) { hash.update($0) }
    let (low, high) = hash.final128()
    return UInt128(high) << 64 | UInt128(low)
  }
}

extension UInt128 {
  /// 32 hexadecimal digits.
  var hex: String {
    let digits = String(self, radix: 16)
    return String(repeating: "0", count: 32 - digits.count) + digits
  }
}
