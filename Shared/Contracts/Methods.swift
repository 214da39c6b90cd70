/// The methods of the services; a payload is a JSON object unless said otherwise.
///
/// Times are unix microseconds. A method about a customer is answered by the owner of its partition.
public enum Method {
  /// Raw records of a source, in order: `{"source", "run", "from", "to", "header"}`, then one payload each.
  /// Gives `{"accepted", "duplicate", "rejected", "skipped", "errors": [{"index", "code", "message"}],
  /// "positions": [...]}`.
  public static let records = "ingestion.v1/records"
  /// Events that are pushed, in the form of domain.md 2: `{"source", "source_type", "key", "detail"}`, then
  /// one payload an event. Answers as `records`, with `results` where `detail` is true.
  public static let push = "ingestion.v1/push"
  /// What the mapping makes of records: same payloads; `{"outcomes": [...]}`, stores nothing.
  public static let preview = "ingestion.v1/preview"
  /// Drafts of one partition from one chunk: `{"partition", "partitions", "chunk", "source"}`, then one
  /// payload a draft.
  public static let append = "ingestion.v1/append"
  /// Bookkeeping of a chunk, at the source's home partition.
  public static let openChunk = "ingestion.v1/open-chunk"
  public static let closeChunk = "ingestion.v1/close-chunk"
  /// Creates or replaces a source: its definition.
  public static let putSource = "ingestion.v1/put-source"
  public static let sources = "ingestion.v1/sources"
  /// Counts by source and fate: `{"sources": {...}}` over the partitions that are open there.
  public static let totals = "ingestion.v1/totals"
  /// A customer's events, newest first: `{"customer_id", "limit"}`.
  public static let events = "ingestion.v1/events"
  /// Kept rejected records: `{"source", "limit", "after"}`.
  public static let rejected = "ingestion.v1/rejected"

  /// `{"customer_id", "as_of"}`.
  public static let scores = "scoring.v1/get"
  /// `{"partition", "after_events", "customers": [...]}`; one snapshot a payload, in that order.
  public static let snapshots = "scoring.v1/snapshots"

  /// `{"customer_id", "max_missions", "force_regenerate", "dry_run"}`.
  public static let generate = "missions.v1/generate"
  /// The command behind it: `{"reason", "day", "max_missions", ...}`, then one snapshot a payload.
  public static let generateCommand = "missions.v1/generate-with-snapshots"
  public static let missions = "missions.v1/list"
  public static let templates = "missions.v1/templates"
  /// `{"slug", "changes": {...}}`.
  public static let patchTemplate = "missions.v1/patch-template"
  /// Counts by template, category and status.
  public static let missionTotals = "missions.v1/totals"

  public static let awards = "badging.v1/awards"
  public static let badges = "badging.v1/badges"
  public static let points = "badging.v1/points"
  public static let badgingTotals = "badging.v1/totals"

  /// `{"service", "instance", "urls", "partitions", "epoch", "version"}`; gives the membership.
  public static let announce = "registry/announce"
}

/// Members that hold an instant: unix microseconds on the wire, RFC 3339 UTC over HTTP.
public enum TimeMember {
  public static let names: Set<String> = [
    "at", "as_of", "updated_at", "created_at", "start_date", "end_date", "completed_at", "awarded_at",
    "revoked_at",
    "expires_at", "timestamp", "ingested_at", "now", "last_sync_at",
  ]
}

/// Commands that a service gives itself.
public enum JournalMethod {
  /// Appends the default definitions that are missing, and newer defaults that nobody has edited.
  public static let seed = "definitions/seed"
}
