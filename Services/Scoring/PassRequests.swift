import Contracts
import Rules
import Wire

/// `{"partition", "rule", "after"?, "limit"?, "most"?}`: which customers of a partition a rule is true for.
struct SelectRequest: Sendable {
  /// Customers of one answer.
  static let limitMax = 1_000
  /// Matches that are counted, unless `most` says otherwise.
  static let mostDefault: Int64 = 10_000

  let partition: Int
  let rule: Rule
  let attributes: [String]
  /// The customer after whom it goes on; empty: from the first.
  let after: String
  /// 0: they are only counted.
  let limit: Int
  let most: Int64

  init(_ payloads: Frames, partitions: Int) throws(WireError) {
    var (partition, after, limit, most) = (Int64(-1), "", Int64(0), Self.mostDefault)
    var text: ArraySlice<UInt8>?
    try payloads.object { (key, scanner) throws(JSONError) in
      switch key {
      case "partition": partition = try scanner.integer()
      case "rule": text = try scanner.skip()
      case "after": after = try scanner.string()
      case "limit": limit = try scanner.integer()
      case "most": most = try scanner.integer()
      default: try scanner.skip()
      }
    }
    guard let text else { throw .invalid("'rule' is missing") }
    guard (0..<Int64(partitions)).contains(partition) else {
      throw .invalid("'partition' must be 0 to \(partitions - 1)")
    }
    guard (0...Int64(Self.limitMax)).contains(limit), most > 0 else {
      throw .invalid("'limit' must be 0 to \(Self.limitMax), 'most' above 0")
    }
    (rule, attributes) = try Segment.compiled(String(decoding: text, as: UTF8.self))
    (self.partition, self.after, self.limit, self.most) = (Int(partition), after, Int(limit), most)
  }
}

/// `{"partition", "full_marks"?, "rule"?, "customers"?}`: a partition's part of a job.
struct TallyRequest: Sendable {
  var partition: Int
  /// Full marks of the definition that is tried.
  var fullMarks: [String: [String: Decimal6]]?
  /// Canonical.
  var rule: String?
  var customers: [String]?

  func encoded() throws -> [UInt8] {
    let marks = try fullMarks.map { try Cold.encode($0) }
    return JSONWriter.object { writer in
      writer.member("partition", partition)
      if let marks { writer.member("full_marks", raw: marks) }
      if let rule { writer.member("rule", raw: Array(rule.utf8)) }
      if let customers {
        writer.key("customers")
        writer.array { writer in for customer in customers { writer.string(customer) } }
      }
    }
  }

  init(partition: Int) { self.partition = partition }

  init(_ payloads: Frames, partitions: Int) throws(WireError) {
    self.init(partition: -1)
    var (partition, marks) = (Int64(-1), [String: [String: Decimal6]]?.none)
    var (text, names) = (ArraySlice<UInt8>?.none, [String]?.none)
    try payloads.object { (key, scanner) throws(JSONError) in
      switch key {
      case "partition": partition = try scanner.integer()
      case "full_marks": marks = try DefinitionPatch.marks(&scanner)
      case "rule": text = try scanner.skip()
      case "customers":
        names = []
        try scanner.beginArray()
        while try scanner.nextElement() { names?.append(try scanner.string()) }
      default: try scanner.skip()
      }
    }
    guard (0..<Int64(partitions)).contains(partition) else {
      throw .invalid("'partition' must be 0 to \(partitions - 1)")
    }
    if let text { rule = try Segment.compiled(String(decoding: text, as: UTF8.self)).rule.canonical }
    (self.partition, fullMarks, customers) = (Int(partition), marks, names)
  }
}
