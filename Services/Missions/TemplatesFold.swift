import Contracts
import Journal
import Wire

/// The templates as the definitions journal has them, with each one's last entry number.
struct TemplateBook: StateRow, Sendable, Equatable {
  struct Page: Sendable, Equatable {
    var template: MissionTemplate
    var number: Int64
  }

  private static let form = 2
  private(set) var pages: [String: Page] = [:]
  /// Numbers of the jobs that are not ended, in the order in which they were begun.
  private(set) var running: [Int64] = []
  /// Numbers of ended jobs that can still be looked at, in the order in which they ended.
  private(set) var ended: [Int64] = []

  init() {}

  mutating func begin(_ job: Int64) { running.append(job) }

  /// A job is over; gives those that are not kept any longer.
  mutating func end(_ job: Int64) -> ArraySlice<Int64> {
    running.removeAll { $0 == job }
    ended.append(job)
    let old = ended.prefix(max(0, ended.count - JobLimits.endedMax))
    ended.removeFirst(old.count)
    return old
  }

  mutating func put(_ template: MissionTemplate, number: Int64) {
    pages[template.slug] = Page(template: template, number: number)
  }

  /// In the order of their slugs.
  var templates: [MissionTemplate] { pages.values.map(\.template).sorted { $0.slug < $1.slug } }

  func pack(_ writer: inout PackedWriter) {
    writer.count(Self.form)
    writer.array(pages.values.sorted { $0.template.slug < $1.template.slug }) { writer, page in
      writer.signed(page.number)
      page.template.pack(&writer)
    }
    for jobs in [running, ended] { writer.array(jobs) { $0.signed($1) } }
  }

  init(_ reader: inout PackedReader) throws(PackedError) {
    guard try reader.number() == Self.form else {
      throw PackedError(offset: 0, reason: "a book of another form")
    }
    for _ in 0..<(try reader.count()) {
      let number = try reader.signed()
      put(try MissionTemplate(&reader), number: number)
    }
    running = try reader.array { (reader) throws(PackedError) in try reader.signed() }
    ended = try reader.array { (reader) throws(PackedError) in try reader.signed() }
  }
}

/// The mission templates of an installation: their journal is `definitions.missions`.
struct TemplatesFold: Fold {
  typealias Item = Never
  typealias Row = DefinitionsRow
  typealias Registers = TemplateBook
  typealias Definitions = EmptyRow

  /// The kind of its entries.
  static let kind = "template"
  /// The seed with the defaults of this release. They travel in the command, so that a rebuild by another
  /// release folds it alike; a seed without them takes the defaults of the release that folds it.
  static var seed: Command {
    Command(method: JournalMethod.seed, key: "", payloads: Frames(TemplateDefaults.texts))
  }

  var journal: JournalName { .missionsDefinitions }
  var upstreams: [JournalName] { [] }
  var version: Int { 3 }

  init() {}

  func initialRegisters(partition: Int) -> TemplateBook { TemplateBook() }
  func initialDefinitions() -> EmptyRow { EmptyRow() }
  func decode(_ journal: JournalName, _ number: Int64, _ entry: ArraySlice<UInt8>) throws -> Never? { nil }
  func apply(_ item: Never, _ work: inout Work<TemplatesFold>) {}

  func command(_ command: Command, _ work: inout Work<TemplatesFold>) throws(WireError) -> Frames {
    switch command.method {
    case JournalMethod.seed: try seed(command.payloads, &work)
    case Method.patchTemplate: try patch(command.payloads.first, &work)
    case JobMethod.start: try start(command.payloads, &work)
    case JobMethod.progress: try progress(command.payloads.first, &work)
    case JobMethod.plan: try plan(command.payloads.first, &work)
    case JobMethod.cancel: try cancel(command.payloads.first, &work)
    default: throw .unimplemented("missions has no command \(command.method) for definitions")
    }
  }

  private func seed(_ payloads: Frames, _ work: inout Work<TemplatesFold>) throws(WireError) -> Frames {
    let isBare = payloads.first.map { $0.elementsEqual("{}".utf8) } ?? true
    let texts = isBare ? TemplateDefaults.texts.map { $0[...] } : payloads.array()
    var defaults: [MissionTemplate] = []
    for text in texts { defaults.append(try TemplateMembers.definition(text)) }
    var changed = 0
    for template in defaults {
      if let template = Self.seeded(template, over: work.registers.pages[template.slug]?.template) {
        try put(template, &work)
        changed += 1
      }
    }
    return Frames([JSONWriter.object { $0.member("changed", changed) }])
  }

  /// What a default becomes beside what is there; nil when nothing is to be done.
  private static func seeded(_ template: MissionTemplate, over old: MissionTemplate?) -> MissionTemplate? {
    guard let old else { return template }
    guard old.origin == .default else { return nil }
    var next = template
    next.version = old.version
    if next == old { return nil }
    next.version += 1
    return next
  }

  /// `{"slug", "changes": {...}}`; answers the template. Changes that change nothing make no new version.
  private func patch(
    _ payload: ArraySlice<UInt8>?, _ work: inout Work<TemplatesFold>
  ) throws(WireError) -> Frames {
    let (slug, changes) = try Self.request(payload)
    guard let old = work.registers.pages[slug]?.template else {
      throw .notFound("there is no template '\(slug)'")
    }
    var next = try TemplateMembers.changes(changes, to: old)
    if next != old {
      next.version += 1
      next.origin = .operator
      try put(next, &work)
    }
    return Frames([JSONWriter.object { TemplateJSON.members(next, &$0) }])
  }

  private static func request(
    _ payload: ArraySlice<UInt8>?
  ) throws(WireError) -> (slug: String, changes: ArraySlice<UInt8>) {
    var slug: String?
    var changes: ArraySlice<UInt8>?
    try Payload.read(payload) { key, scanner in
      switch key {
      case "slug": slug = try scanner.string()
      case "changes": changes = try scanner.skip()
      default: throw WireError.invalid("'\(key)' is not a member of this request")
      }
    }
    guard let slug else { throw .invalid("'slug' is missing") }
    guard let changes else { throw .invalid("'changes' is missing") }
    return (slug, changes)
  }

  private func put(_ template: MissionTemplate, _ work: inout Work<TemplatesFold>) throws(WireError) {
    let text: [UInt8]
    do { text = try Cold.encode(template) } catch {
      throw .internal("template \(template.slug) cannot be written", cause: error)
    }
    let prev = work.registers.pages[template.slug]?.number ?? 0
    let number = work.emit(kind: Self.kind, id: template.slug, prev: prev) {
      $0.member("definition", raw: text)
    }
    work.registers.put(template, number: number)
  }
}
