import Contracts

/// Methods of Ingestion that are asked for by name only here and by the gateway.
enum IngestionMethod {
  /// Begins a run of a source's connector: `{"source"}`; gives `{"id": "j-..."}`.
  static let sync = Method.sync
  /// `{"id"}`.
  static let job = Method.job
  static let cancelJob = Method.cancelJob
  /// A source's counts and its last run: `{"source"}`.
  static let sourceTotals = Method.sourceTotals
  static let deleteSource = Method.deleteSource
  /// A customer's stored entries as frames, newest first: `{"customer_id", "before", "limit"}`.
  static let entries = Method.entries
  /// One raw record by its source's mapping: `{"source_type", "source", "event"}`.
  static let normalize = Method.normalize

  /// Commands of a run to the home partition of its source.
  static let beginSync = "ingestion.v1/begin-sync"
  static let advanceSync = "ingestion.v1/advance-sync"
  static let endSync = "ingestion.v1/end-sync"
}
