import Contracts
import Wire

/// A client's request for a generation for many: who, and how many missions each.
struct JobRequest: Sendable, Equatable {
  /// Each once, in the order given.
  var customers: [String] = []
  /// The segment whose customers are meant instead.
  private(set) var segment: String?
  private(set) var maxMissions = CustomerMissions.activeMax

  /// Throws `invalid_argument` that names the member.
  init(_ payload: ArraySlice<UInt8>?) throws(WireError) {
    var request = JobRequest()
    var seen: Set<String> = []
    try Payload.read(payload) { key, scanner in
      switch key {
      case "customers":
        try scanner.beginArray()
        while try scanner.nextElement() {
          let id = try CustomerID.read(&scanner)
          if seen.insert(id).inserted { request.customers.append(id) }
        }
      case "segment_id": request.segment = try scanner.string()
      case "max_missions":
        let count = try scanner.integer()
        guard (1...Int64(CustomerMissions.activeMax)).contains(count) else {
          throw WireError.invalid("'max_missions' must be from 1 to \(CustomerMissions.activeMax)")
        }
        request.maxMissions = Int(count)
      default: throw WireError.invalid("'\(key)' is not a member of this request")
      }
    }
    guard request.segment == nil || request.customers.isEmpty else {
      throw .invalid("'customers' or 'segment_id' is given, not both")
    }
    if request.segment == nil { try request.check() }
    self = request
  }

  private init() {}

  /// Throws `invalid_argument` for nobody and for too many.
  func check() throws(WireError) {
    guard (1...JobLimits.customersMax).contains(customers.count) else {
      throw .invalid("'customers' must name 1 to \(JobLimits.customersMax) customers")
    }
  }

  /// The customers by partition, in chunks; partitions ascend.
  func chunks(partitions: Int) -> [JobChunk] {
    let parts = Dictionary(grouping: customers) { Partitioning.partition(of: $0, count: partitions) }
    return parts.sorted { $0.key < $1.key }.flatMap { partition, customers in
      stride(from: 0, to: customers.count, by: GenerationOrder.snapshotsMax).map { start in
        let end = min(start + GenerationOrder.snapshotsMax, customers.count)
        return JobChunk(partition: partition, customers: Array(customers[start..<end]))
      }
    }
  }

  /// The payloads of the command that begins the job; with a rule it has yet to ask who is meant.
  func payloads(partitions: Int, rule: String? = nil) -> Frames {
    let head = JSONWriter.object { writer in
      writer.member("max_missions", maxMissions)
      writer.member("total", customers.count)
      writer.member("segment", optional: segment)
      if let rule {
        writer.key("planning")
        JobPlanning(rule: rule, partitions: partitions).write(&writer)
      }
    }
    return Frames([head] + chunks(partitions: partitions).map { $0.encoded() })
  }
}
