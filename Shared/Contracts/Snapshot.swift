import Wire

/// A value of a score, feature or attribute.
public enum FeatureValue: Sendable, Hashable {
  case null
  case bool(Bool)
  case number(Decimal6)
  case text(String)

  public func write(_ writer: inout JSONWriter) {
    switch self {
    case .null: writer.null()
    case .bool(let value): writer.bool(value)
    case .number(let value): writer.decimal(value)
    case .text(let value): writer.string(value)
    }
  }

  public init(_ scanner: inout JSONScanner) throws(JSONError) {
    switch try scanner.kind() {
    case .null:
      _ = try scanner.takeNull()
      self = .null
    case .bool: self = .bool(try scanner.bool())
    case .number: self = .number(try scanner.decimal())
    case .string: self = .text(try scanner.string())
    case .object, .array:
      try scanner.skip()
      self = .null
    }
  }
}

/// What Scoring knows of a customer at an instant: the input of generation.
///
/// Names are domain.md's: `engagement` ... among scores, `calls_30d` ... among features; a feature that
/// is not known is null. A baseline is the average of a metric over whole periods that ended yesterday.
public struct Snapshot: Sendable, Equatable {
  /// What is usual for the customer.
  public struct Baseline: Sendable, Equatable {
    public var average: Decimal6
    /// How many whole periods it stands on; 0 means that there is none.
    public var periods: Int

    public init(average: Decimal6, periods: Int) {
      self.average = average
      self.periods = periods
    }
  }

  public var customer: String
  /// The events number that it contains.
  public var events: Int64
  /// Unix microseconds.
  public var asOf: Int64
  public var definitionVersion: Int
  public var scores: [String: FeatureValue]
  public var features: [String: FeatureValue]
  public var attributes: [String: FeatureValue]
  /// By metric, then `weekly` or `monthly`.
  public var baselines: [String: [String: Baseline]]

  public init(
    customer: String, events: Int64, asOf: Int64, definitionVersion: Int = 1,
    scores: [String: FeatureValue] = [:], features: [String: FeatureValue] = [:],
    attributes: [String: FeatureValue] = [:], baselines: [String: [String: Baseline]] = [:]
  ) {
    self.customer = customer
    self.events = events
    self.asOf = asOf
    self.definitionVersion = definitionVersion
    self.scores = scores
    self.features = features
    self.attributes = attributes
    self.baselines = baselines
  }

  /// A score, feature or attribute by the name that rules use; `known.<name>` says whether it is not null.
  public func value(_ name: String) -> FeatureValue {
    if name.hasPrefix("known.") { return .bool(value(String(name.dropFirst(6))) != .null) }
    return scores[Self.score(name) ?? name] ?? features[name] ?? attributes[name] ?? .null
  }

  /// The five scores by the names that rules use.
  public static let scoreNames = ["engagement", "revenue", "loyalty", "risk", "digital"]
  /// What answers put behind the name of a score; rules may write it too.
  public static let scoreSuffix = "_score"

  /// The score that a longer name such as `engagement_score` means; nil for any other name.
  public static func score(_ name: String) -> String? {
    guard name.hasSuffix(scoreSuffix) else { return nil }
    let plain = String(name.dropLast(scoreSuffix.count))
    return scoreNames.contains(plain) ? plain : nil
  }

  /// Members in the order of their names.
  public func write(_ writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("customer_id", customer)
      writer.member("events", events)
      writer.member("as_of", asOf)
      writer.member("definition_version", definitionVersion)
      writer.key("scores")
      Self.write(scores, &writer)
      writer.key("features")
      Self.write(features, &writer)
      writer.key("attributes")
      Self.write(attributes, &writer)
      writer.key("baselines")
      writer.object { writer in
        for (metric, periods) in baselines.sorted(by: { $0.key < $1.key }) {
          writer.key(text: metric)
          Self.write(periods, &writer)
        }
      }
    }
  }

  private static func write(_ values: [String: FeatureValue], _ writer: inout JSONWriter) {
    writer.object { writer in
      for (name, value) in values.sorted(by: { $0.key < $1.key }) {
        writer.key(text: name)
        value.write(&writer)
      }
    }
  }

  private static func write(_ periods: [String: Baseline], _ writer: inout JSONWriter) {
    writer.object { writer in
      for (period, baseline) in periods.sorted(by: { $0.key < $1.key }) {
        writer.key(text: period)
        writer.object { writer in
          writer.member("average", baseline.average)
          writer.member("periods", baseline.periods)
        }
      }
    }
  }

  /// Reads what `write` wrote.
  public init(_ scanner: inout JSONScanner) throws {
    self.init(customer: "", events: 0, asOf: 0)
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      switch key {
      case "customer_id": customer = try scanner.string()
      case "events": events = try scanner.integer()
      case "as_of": asOf = try scanner.integer()
      case "definition_version": definitionVersion = Int(try scanner.integer())
      case "scores": scores = try Self.values(&scanner)
      case "features": features = try Self.values(&scanner)
      case "attributes": attributes = try Self.values(&scanner)
      case "baselines":
        try scanner.beginObject()
        while let metric = try scanner.nextKey() {
          baselines[metric.description] = try Self.periods(&scanner)
        }
      default: try scanner.skip()
      }
    }
    guard !customer.isEmpty else { throw WireError.invalid("a snapshot without customer_id") }
  }

  private static func values(_ scanner: inout JSONScanner) throws -> [String: FeatureValue] {
    var values: [String: FeatureValue] = [:]
    try scanner.beginObject()
    while let key = try scanner.nextKey() { values[key.description] = try FeatureValue(&scanner) }
    return values
  }

  private static func periods(_ scanner: inout JSONScanner) throws -> [String: Baseline] {
    var periods: [String: Baseline] = [:]
    try scanner.beginObject()
    while let key = try scanner.nextKey() {
      var baseline = Baseline(average: .zero, periods: 0)
      try scanner.beginObject()
      while let member = try scanner.nextKey() {
        switch member {
        case "average": baseline.average = try scanner.decimal()
        case "periods": baseline.periods = Int(try scanner.integer())
        default: try scanner.skip()
        }
      }
      periods[key.description] = baseline
    }
    return periods
  }
}
