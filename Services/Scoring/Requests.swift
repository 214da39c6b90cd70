import Contracts
import Wire

/// Scoring's methods beside those of `Contracts.Method`.
enum ScoringMethod {
  /// The scores of several customers of one partition: `{"partition", "customers": [...]}`; gives
  /// `{"results": [{"customer_id", "engagement_score", ...}], "unknown": [...]}`.
  static let batch = Method.batchScores
  /// Folds a customer's events anew: `{"customer_id"}`; gives `{"differs", "differences": [...], "entries"}`
  /// with the members of `scoring.v1/get`.
  static let recalculate = Method.recalculate
  /// A customer's entries of the events journal, newest first: `{"customer_id", "before", "limit"}`; gives
  /// `{"last", "numbers": [...]}`, then the entries.
  static let entries = Method.entries
  /// A customer's scores of the last 90 days: `{"customer_id"}` gives `{"customer_id", "results": [{"day",
  /// "engagement_score", ...}]}`, the newest first, from the first day with an event.
  static let history = Method.scoreHistory
  /// Counts over the partitions that are open here, and each score of the customers in ten bins.
  static let totals = "scoring.v1/totals"
  /// The score definition as it is.
  static let definition = "scoring.v1/definition"
  /// `{"changes": {"full_marks": {"engagement": {"calls_30d": 60}}}}`; gives the new definition.
  static let patchDefinition = "scoring.v1/patch-definition"
  /// The same body; gives a new version that is not active.
  static let draftDefinition = Method.draftScores
  /// `{"version"}`: scores are computed by it from now on.
  static let activateDefinition = Method.activateScores
  /// All versions, the newest first: `{"results": [{"version", "is_active", "created_at", ...}]}`.
  static let versions = Method.scoreVersions
  /// `{"id"?, "name"?, "rule" or "customers", "new"?}`; `{"id"}`.
  static let putSegment = Method.putSegment
  static let deleteSegment = Method.deleteSegment
  /// `{"id", "name"?, "variable", "direction"?, "enter", "leave"?, "is_active"?, "new"?}`; `{"id"}`.
  static let putThreshold = Method.putThreshold
  static let deleteThreshold = Method.deleteThreshold
  /// `{"kind": "dry_run" or "batch_calculate", "version"?, "segment"?}` gives `{"id"}` of a job.
  static let startJob = Method.startScoreJob
  /// The command that notes a partition's end: `{"id", "partition", "tally" or "error"}`.
  static let jobProgress = "scoring.v1/job-progress"
  /// A partition's part of a job: `{"partition", "full_marks"?, "rule"?, "customers"?}` gives `{"tally"}`.
  static let tally = "scoring.v1/tally"
}

/// What a request may ask for.
enum RequestLimits {
  /// The longest id of a customer, UTF-8 bytes.
  static let customerBytesMax = 128
  /// Customers of one request.
  static let customersMax = 1_000
}

/// `{"customer_id", "as_of"}`: the scores of a customer, now or as of an instant in unix microseconds.
struct ScoreRequest: Sendable, Equatable {
  var customer = ""
  var asOf: Int64?

  init(_ payloads: Frames) throws(WireError) {
    var (customer, asOf) = ("", Int64?.none)
    try payloads.object { (key, scanner) throws(JSONError) in
      switch key {
      case "customer_id": customer = try scanner.string()
      case "as_of": asOf = try scanner.takeNull() ? nil : try scanner.integer()
      default: try scanner.skip()
      }
    }
    self.customer = try checked(customer: customer)
    self.asOf = asOf
  }

  /// The customer's day to compute for; refuses the future, and what is older than rows can tell.
  func day(now: Int64, _ history: History, _ zones: Zones) throws(WireError) -> Day {
    let today = history.day(at: now, zones)
    guard let asOf else { return today }
    guard asOf <= now else { throw .invalid("'as_of' is in the future") }
    let day = history.day(at: asOf, zones)
    guard today - day <= CustomerRow.liveDays else {
      throw .invalid("'as_of' is more than \(CustomerRow.liveDays) days ago")
    }
    return day
  }
}

/// `{"partition", "after_events", "customers": [...]}`: customers of one partition, and the number up to
/// which events must have been taken.
struct CustomersRequest: Sendable, Equatable {
  var partition = -1
  var afterEvents: Int64 = 0
  var customers: [String] = []

  /// `partitions` is the count of the installation: every customer must be of the partition that is asked.
  init(_ payloads: Frames, partitions: Int) throws(WireError) {
    var (partition, after, names) = (Int64(-1), Int64(0), [String]())
    try payloads.object { (key, scanner) throws(JSONError) in
      switch key {
      case "partition": partition = try scanner.integer()
      case "after_events": after = try scanner.integer()
      case "customers":
        try scanner.beginArray()
        while try scanner.nextElement(), names.count <= RequestLimits.customersMax {
          names.append(try scanner.string())
        }
      default: try scanner.skip()
      }
    }
    guard names.count <= RequestLimits.customersMax else {
      throw .invalid("'customers' has more than \(RequestLimits.customersMax)")
    }
    guard (0..<Int64(partitions)).contains(partition) else {
      throw .invalid("'partition' must be 0 to \(partitions - 1)")
    }
    (self.partition, afterEvents) = (Int(partition), after)
    for name in names {
      let customer = try checked(customer: name)
      guard Partitioning.partition(of: customer, count: partitions) == self.partition else {
        throw .invalid("'customers': '\(customer)' is not of partition \(partition)")
      }
      customers.append(customer)
    }
  }
}

extension CustomersRequest {
  /// The customers for whom something holds, and the rest, each once and in order.
  func split(_ holds: (String) -> Bool) -> (yes: [String], no: [String]) {
    var seen: Set<String> = []
    let distinct = customers.filter { seen.insert($0).inserted }
    return (distinct.filter(holds), distinct.filter { !holds($0) })
  }
}

/// `{"changes": {"full_marks": {score: {part: value}}}}`.
struct DefinitionPatch: Sendable, Equatable {
  var fullMarks: [String: [String: Decimal6]] = [:]

  init(_ payloads: Frames) throws(WireError) {
    var marks: [String: [String: Decimal6]]?
    var stranger: String?
    try payloads.object { (key, scanner) throws(JSONError) in
      guard "changes" ~= key else {
        stranger = stranger ?? key.description
        try scanner.skip()
        return
      }
      try scanner.beginObject()
      while let key = try scanner.nextKey() {
        if "full_marks" ~= key {
          marks = try Self.marks(&scanner)
        } else {
          stranger = stranger ?? "changes.\(key)"
          try scanner.skip()
        }
      }
    }
    if let stranger { throw .invalid("'\(stranger)' cannot be changed") }
    guard let marks else { throw .invalid("'changes.full_marks' is missing") }
    fullMarks = marks
  }

  static func marks(_ scanner: inout JSONScanner) throws(JSONError) -> [String: [String: Decimal6]] {
    var marks: [String: [String: Decimal6]] = [:]
    try scanner.beginObject()
    while let score = try scanner.nextKey() {
      try scanner.beginObject()
      while let part = try scanner.nextKey() {
        marks[score.description, default: [:]][part.description] = try scanner.decimal()
      }
    }
    return marks
  }
}

func checked(customer: String) throws(WireError) -> String {
  guard (1...RequestLimits.customerBytesMax).contains(customer.utf8.count) else {
    throw .invalid("'customer_id' must have 1 to \(RequestLimits.customerBytesMax) bytes")
  }
  return customer
}

extension Frames {
  /// Shows the members of the first payload, which is an object; what cannot be read is `invalid_argument`.
  func object(
    _ member: (JSONKey, inout JSONScanner) throws(JSONError) -> Void
  ) throws(WireError) {
    guard let payload = first else { throw .invalid("the payload is missing") }
    var name = ""
    do throws(JSONError) {
      var scanner = JSONScanner(payload)
      try scanner.beginObject()
      while let key = try scanner.nextKey() {
        name = key.description
        try member(key, &scanner)
        name = ""
      }
      try scanner.finish()
    } catch {
      throw .invalid(name.isEmpty ? "the payload: \(error)" : "'\(name)': \(error)")
    }
  }
}
