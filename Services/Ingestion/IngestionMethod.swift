/// Methods of Ingestion that are asked for by name only here and by the gateway.
enum IngestionMethod {
  /// Begins a run of a source's connector: `{"source"}`; gives `{"id": "j-..."}`.
  static let sync = "ingestion.v1/sync"
  /// `{"id"}`.
  static let job = "jobs/get"
  static let cancelJob = "jobs/cancel"
  /// A source's counts and its last run: `{"source"}`.
  static let sourceTotals = "ingestion.v1/source-totals"
  static let deleteSource = "ingestion.v1/delete-source"
  /// A customer's stored entries as frames, newest first: `{"customer_id", "before", "limit"}`.
  static let entries = "ingestion.v1/entries"
  /// One raw record by its source's mapping: `{"source_type", "source", "event"}`.
  static let normalize = "ingestion.v1/normalize"

  /// Commands of a run to the home partition of its source.
  static let beginSync = "ingestion.v1/begin-sync"
  static let advanceSync = "ingestion.v1/advance-sync"
  static let endSync = "ingestion.v1/end-sync"
}
