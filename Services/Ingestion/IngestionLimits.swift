/// What one request to Ingestion may hold.
enum IngestionLimits {
  /// Raw records of one chunk; each rejected one travels as two frames.
  static let recordsMax = 30_000
  /// Raw records of one chunk of a connector: many, so that each partition's owner gets enough of them at a
  /// time (CPU per event, 64 partitions: 10.0 us with 30,000, 9.0 with 60,000).
  static let chunkRecordsMax = 60_000
  /// Raw records of one preview.
  static let previewRecordsMax = 10_000
  /// Rejected records that an answer lists; the rest is only counted, and kept.
  static let errorsMax = 10_000
  /// Bytes of a rejected record that are kept: the longest that a file can have.
  static let rawBytesMax = 262_144
  /// Bytes of a reason that are kept.
  static let reasonBytesMax = 500
  /// Bytes of a run's name: a file's with its checksum, or an idempotency key.
  static let runBytesMax = 300
  /// Bytes of a file's name.
  static let fileNameBytesMax = 255
  /// Entries of one list.
  static let listMax = 1_000
  /// Entries of one list when the asker names no number.
  static let listDefault = 50
  /// Source definitions.
  static let sourcesMax = 1_000
}
