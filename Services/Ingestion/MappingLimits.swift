import Wire

/// What a mapping and what it makes may not pass.
enum MappingLimits {
  /// Bytes of a mapping's JSON text.
  static let textBytesMax = 262_144
  /// Shapes of one mapping.
  static let shapesMax = 32
  /// Paths of one member beside the first.
  static let alternativesMax = 16
  /// Entries of one value table.
  static let tableMax = 10_000
  /// Members of one metadata specification.
  static let metadataMembersMax = 64
  /// Bytes of a source's name.
  static let nameBytesMax = 128
  /// Bytes of a customer's id (domain.md 2).
  static let customerBytesMax = 128
  /// Bytes of a source's id of a record.
  static let sourceEventIDBytesMax = 256
  /// Bytes of a unit.
  static let unitBytesMax = 32
  /// The largest value of one event, in its unit, also below 0: sums of very many stay far inside a decimal's
  /// range.
  static let valueMax = Decimal6(10_000_000_000)
  /// Bytes of an event's metadata (domain.md 2: 8 KB).
  static let metadataBytesMax = 8_192
  /// Characters of a value that a message quotes.
  static let quotedMax = 80
}
