import Contracts
import Measures
import Rules
import Wire

/// A template with its conditions compiled.
struct CompiledTemplate: Sendable {
  let template: MissionTemplate
  /// What the service can count for it; nil for a metric that this release does not know.
  let metric: Metric?
  /// Its generation rules, then its eligibility; each with the names behind its slots.
  let conditions: [Condition]

  struct Condition: Sendable {
    enum Source: String, Sendable { case rule, eligibility }
    let source: Source
    let rule: Rule
    let names: [String]

    /// Why the condition does not hold for a snapshot; nil when it does.
    ///
    /// The variable `requested` is true when the template was asked for by its name.
    func failure(_ snapshot: Snapshot, isRequested: Bool) -> RuleFailure? {
      rule.firstFailing { value($0, snapshot, isRequested) }
    }

    /// Whether it holds, without saying why not.
    func holds(_ snapshot: Snapshot, isRequested: Bool) -> Bool {
      rule.holds { value($0, snapshot, isRequested) }
    }

    private func value(_ slot: Int, _ snapshot: Snapshot, _ isRequested: Bool) -> RuleValue {
      names[slot] == "requested" ? .bool(isRequested) : RuleValue(snapshot.value(names[slot]))
    }
  }

  /// Throws `invalid_argument` that names the field.
  init(_ template: MissionTemplate) throws(WireError) {
    self.template = template
    metric = Metric(rawValue: template.metric)
    var conditions: [Condition] = []
    if let text = try GenerationRules.json(template.generationRules) {
      conditions.append(try Self.compile(text, .rule, field: "generation_rules"))
    }
    if let text = template.eligibilityRules {
      conditions.append(try Self.compile(Array(text.utf8), .eligibility, field: "eligibility_rules"))
    }
    self.conditions = conditions
  }

  private static func compile(
    _ text: [UInt8], _ source: Condition.Source, field: String
  ) throws(WireError) -> Condition {
    var names: [String] = []
    do throws(RuleError) {
      let rule = try Rule(json: text) { name in
        if let slot = names.firstIndex(of: name) { return slot }
        names.append(name)
        return names.count - 1
      }
      return Condition(source: source, rule: rule, names: names)
    } catch {
      throw .invalid("'\(field)': \(error)", cause: error)
    }
  }
}

/// `min_` and `max_` bounds of a template as one JSONLogic rule.
enum GenerationRules {
  /// The variable and relation behind a bound's name; nil when it is neither a `min_` nor a `max_`.
  static func bound(_ name: String) -> (variable: String, relation: String)? {
    guard name.count > 4, name.hasPrefix("min_") || name.hasPrefix("max_") else { return nil }
    var variable = String(name.dropFirst(4))
    if variable == "days_since_last" { variable = "days_since_last_activity" }
    variable = Snapshot.score(variable) ?? variable
    return (variable, name.hasPrefix("min_") ? ">=" : "<=")
  }

  /// `{"and": [{">=": [{"var": "engagement"}, 20]}, ...]}` in the order of the names; nil without bounds.
  ///
  /// An order with null is false, so an unknown value fails its bound.
  static func json(_ rules: [String: Decimal6]) throws(WireError) -> [UInt8]? {
    guard !rules.isEmpty else { return nil }
    var bounds: [(variable: String, relation: String, limit: Decimal6)] = []
    for (name, limit) in rules.sorted(by: { $0.key < $1.key }) {
      guard let bound = bound(name) else {
        throw .invalid("'generation_rules.\(name)': a bound begins with min_ or max_")
      }
      bounds.append((bound.variable, bound.relation, limit))
    }
    var writer = JSONWriter()
    writer.object { writer in
      writer.key("and")
      writer.array { writer in
        for bound in bounds { write(bound.variable, bound.relation, bound.limit, &writer) }
      }
    }
    return writer.bytes
  }

  private static func write(
    _ variable: String, _ relation: String, _ limit: Decimal6, _ writer: inout JSONWriter
  ) {
    writer.object { writer in
      writer.key(text: relation)
      writer.array { writer in
        writer.object { $0.member("var", variable) }
        writer.decimal(limit)
      }
    }
  }
}

extension RuleValue {
  init(_ value: FeatureValue) {
    switch value {
    case .null: self = .null
    case .bool(let value): self = .bool(value)
    case .number(let value): self = .number(value)
    case .text(let value): self = .string(value)
    }
  }
}

/// All templates as far as taken, by slug.
struct Catalogue: Sendable {
  private(set) var templates: [String: CompiledTemplate] = [:]

  init() {}

  mutating func put(_ template: CompiledTemplate) { templates[template.template.slug] = template }

  /// In the order of their slugs.
  var sorted: [CompiledTemplate] { templates.values.sorted { $0.template.slug < $1.template.slug } }
}

extension Catalogue {
  private static let form = 2

  func pack(_ writer: inout PackedWriter) {
    writer.count(Self.form)
    writer.array(sorted) { $1.template.pack(&$0) }
  }

  init(_ reader: inout PackedReader) throws(PackedError) {
    guard try reader.number() == Self.form else {
      throw PackedError(offset: 0, reason: "a catalogue of another form")
    }
    let all = try reader.array { (reader) throws(PackedError) in try MissionTemplate(&reader) }
    for template in all {
      do throws(WireError) {
        put(try CompiledTemplate(template))
      } catch {
        throw PackedError(offset: 0, reason: "template \(template.slug): \(error.message)")
      }
    }
  }
}
