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
  /// `{"sources": [...]}`: all sources, secrets of their `connection_config` as `"***"`.
  public static let sources = "ingestion.v1/sources"
  /// `{"source"}`.
  public static let deleteSource = "ingestion.v1/delete-source"
  /// Counts of one source by fate: `{"source"}`, at the source's home partition.
  public static let sourceTotals = "ingestion.v1/source-totals"
  /// Runs a source's connector: `{"source"}` gives `{"id"}` of a job, at the source's home partition.
  public static let sync = "ingestion.v1/sync"
  /// One raw record: `{"source_type", "source", "event": {...}}` gives `{"status": "accepted|duplicate",
  /// "event_id", "customer_id", "event_type"}`; what is rejected is an error with the reason's code in its
  /// details, and kept.
  public static let normalize = "ingestion.v1/normalize"
  /// Counts by source and fate: `{"sources": {...}}` over the partitions that are open there.
  public static let totals = "ingestion.v1/totals"
  /// A customer's events, newest first: `{"customer_id", "limit"}`.
  public static let events = "ingestion.v1/events"
  /// The same entries as they are stored: `{"customer_id", "before", "limit"}` gives `{"last", "numbers"}`,
  /// then one entry a payload; `last` is the number of the next older one, 0 when there is none.
  public static let entries = "ingestion.v1/entries"
  /// Kept rejected records: `{"source", "limit", "after"}`.
  public static let rejected = "ingestion.v1/rejected"

  /// `{"customer_id", "as_of"}`.
  public static let scores = "scoring.v1/get"
  /// Many customers of one partition: `{"partition", "customers": [...]}` gives `{"results", "unknown"}`.
  public static let batchScores = "scoring.v1/batch"
  /// Folds a customer's entries anew: `{"customer_id"}` gives `{"differs", "differences", "entries", ...}`.
  public static let recalculate = "scoring.v1/recalculate"
  /// `{"partition", "after_events", "customers": [...]}`; one snapshot a payload, in that order.
  public static let snapshots = "scoring.v1/snapshots"

  /// A customer's daily scores: `{"customer_id"}` gives `{"results": [{"day", "engagement_score", ...}]}`.
  public static let scoreHistory = "scoring.v1/history"
  /// `{}` gives `{"results": [...]}`: all versions of the score definition, the newest first.
  public static let scoreVersions = "scoring.v1/definition-versions"
  /// `{"changes": {"full_marks": {...}}}` gives a new version that is not active; `{"version"}` activates
  /// one.
  public static let draftScores = "scoring.v1/draft-definition"
  public static let activateScores = "scoring.v1/activate-definition"
  /// `{"id"?}` gives `{"results": [...]}`; with `{"id", "customers": true}` those of a list as well.
  public static let segments = "scoring.v1/segments"
  /// `{"id"?, "name"?, "rule" or "customers", "new"?}` gives the segment; `{"id"}` deletes one.
  public static let putSegment = "scoring.v1/put-segment"
  public static let deleteSegment = "scoring.v1/delete-segment"
  /// Customers of a partition for whom a rule is true now, by id: `{"partition", "rule", "after"?, "limit"?,
  /// "most"?}` gives `{"results": [{"customer_id", "engagement_score", ...}], "matched", "looked", "next"}`;
  /// it ends at `limit` results, or at `most` matches where no results are asked for.
  public static let select = "scoring.v1/select"
  /// As with segments.
  public static let thresholds = "scoring.v1/thresholds"
  public static let putThreshold = "scoring.v1/put-threshold"
  public static let deleteThreshold = "scoring.v1/delete-threshold"
  /// `{"kind": "dry_run" or "batch_calculate", "version"?, "segment"?}` gives `{"id"}` of a job.
  public static let startScoreJob = "scoring.v1/start-job"

  /// `{"customer_id", "max_missions", "force_regenerate", "dry_run", "template"}`.
  public static let generate = "missions.v1/generate"
  /// The command behind it: `{"reason", "day", "max_missions", ...}`, then one snapshot a payload.
  public static let generateCommand = "missions.v1/generate-with-snapshots"
  /// Many customers, as a job: `{"customers": [...], "max_missions"}` gives `{"id"}`.
  public static let generateList = "missions.v1/generate-list"
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
  /// The offers of the catalogue: `{"count", "results": [...]}`.
  public static let offers = "badging.v1/offers"
  /// `{"offer_id", "name", "description", "kind", "value", "valid_days", "is_active"}`: creates or replaces.
  public static let putOffer = "badging.v1/put-offer"
  /// `{"customer_id", "limit", "status"}`: `{"customer_id", "count", "results": [...]}`, newest first.
  public static let grants = "badging.v1/grants"
  /// Uses a grant: `{"id", "customer_id"}`, at the partition that the id names; twice is once:
  /// `{"result": "redeemed" | "already_redeemed", ...}` with the grant's members.
  public static let redeem = "badging.v1/redeem"

  /// Forgets a customer: `{"customer_id"}` gives the position of the entry that says so to all who follow.
  public static let forget = "ingestion.v1/forget"
  /// Whom that entry forgets: `{"partition", "number"}` gives `{"customer_id"}`, null once it is erased.
  public static let forgotten = "ingestion.v1/forgotten"
  /// Blanks the rejected records of a partition that name a customer: `{"partition", "customer_id"}`.
  public static let blankRejected = "ingestion.v1/blank-rejected"
  /// Steps of an erasure that every service with journals takes: `{"partition"}`, `{"partition",
  /// "customer_id"}`, `{"partition"}`.
  public static let secure = "customers/secure"
  public static let erase = "customers/erase"
  public static let adjust = "customers/adjust"

  /// A service's long work: `{"id"}` gives `{"id", "kind", "status": "running|done|failed|cancelled", "done",
  /// "total", ...}`.
  public static let job = "jobs/get"
  /// `{"limit"}`: `{"results": [...]}`, the service's jobs as `job` gives them, newest first.
  public static let jobs = "jobs/list"
  /// `{"id"}`: it stops at its next step.
  public static let cancelJob = "jobs/cancel"

  /// `{"service", "instance", "urls", "partitions", "epoch", "version"}`; gives the membership.
  public static let announce = "registry/announce"
}

/// Members that hold an instant: unix microseconds on the wire, RFC 3339 UTC over HTTP.
public enum TimeMember {
  public static let names: Set<String> = [
    "at", "as_of", "updated_at", "created_at", "start_date", "end_date", "completed_at", "awarded_at",
    "revoked_at",
    "expires_at", "timestamp", "ingested_at", "now", "last_sync_at", "granted_at", "redeemed_at",
    "started_at", "finished_at", "reversed_at", "next_sync_at", "last_record_at",
  ]
}

/// Commands that a service gives itself.
public enum JournalMethod {
  /// Appends the default definitions that are missing, and newer defaults that nobody has edited.
  public static let seed = "definitions/seed"
}
