import Contracts

/// The methods of long work; a job belongs to the owner of the definitions partition.
enum JobMethod {
  /// `{"customers": [...] or "segment_id", "max_missions"?}`; gives `{"id": "j-..."}`.
  static let generateList = Method.generateList
  /// The command behind it: `{"max_missions", "total"}`, then `{"partition", "customers"}` for each chunk.
  static let start = "missions.v1/start-job"
  /// The command that notes a page of a segment's customers.
  static let plan = "missions.v1/plan-job"
  /// A chunk at its partition's owner: `{"job", "chunk", "partition", "max_missions", "customers"}`; gives
  /// `{"customers", "generated"}`, the same whenever it is asked again.
  static let chunk = "missions.v1/generate-chunk"
  /// The command that notes a chunk's end: `{"id", "chunk", "customers", "generated", "failed", "error"?}`.
  static let progress = "missions.v1/job-progress"
  /// `{"id"}`; gives the job as `get` does.
  static let cancel = Method.cancelJob
  /// `{"id"}`; gives `{"id", "kind", "status", "done", "total", "generated", "failed", "error", "created_at",
  /// "completed_at"}`, counts in customers but `generated`, which are missions.
  static let get = Method.job
}

enum JobLimits {
  /// Customers of one job.
  static let customersMax = 100_000
  /// Ended jobs that can still be looked at.
  static let endedMax = 100
  /// Jobs of one list.
  static let listMax = 1_000
}

/// Ids of jobs: `j-<definitions partition>-<number of its entry>`.
enum JobID {
  static func text(_ partition: Int, _ number: Int64) -> String { "j-\(partition)-\(number)" }

  /// The number; nil when it is no job's id of this partition.
  static func number(_ id: String, partition: Int) -> Int64? {
    let prefix = "j-\(partition)-"
    guard id.hasPrefix(prefix), let number = Int64(id.dropFirst(prefix.count)), number > 0 else { return nil }
    return number
  }
}
