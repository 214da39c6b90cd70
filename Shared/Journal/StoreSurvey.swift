import Contracts
import Storage
import Wire

/// What a service's store says of itself: whose it is, and how far each partition has come.
///
/// The number that follows the last customer partition is the definitions'.
public struct StoreSurvey: Sendable, Equatable {
  /// How far an upstream journal has been followed.
  public struct Place: Sendable, Equatable {
    public var number: Int64
    public var incarnation: String

    public init(number: Int64, incarnation: String) {
      self.number = number
      self.incarnation = incarnation
    }
  }

  public var service: ServiceName
  public var partitions: Int
  public var incarnation: String
  public var heads: [Int: Int64] = [:]
  public var places: [Int: [JournalName: Place]] = [:]

  public init(service: ServiceName, partitions: Int, incarnation: String) {
    self.service = service
    self.partitions = partitions
    self.incarnation = incarnation
  }

  /// Reads a store; nil for one that was never initialised. Throws for one that was left half filled.
  public static func read(_ session: Session) throws -> StoreSurvey? {
    guard try session.tables().contains(where: { $0.name == "installation" }) else { return nil }
    let values = try Installation.values(session)
    if values.isEmpty { return nil }
    try Installation.requireWhole(values)
    guard let service = values["service"].flatMap(ServiceName.init(rawValue:)),
      let incarnation = values["incarnation"],
      let partitions = values["partitions"].flatMap({ Int($0) }), values["form"] == Installation.form
    else {
      throw WireError.failedPrecondition(
        "the store is of another release (form \(values["form"] ?? "unknown")); use the release that made it")
    }
    var survey = StoreSurvey(service: service, partitions: partitions, incarnation: incarnation)
    let rows = try session.query("SELECT partition, row FROM progress") {
      (Int($0.integer(0)), try Progress.unpack($0.blob(1)))
    }
    for (partition, progress) in rows { survey.add(partition, progress) }
    return survey
  }

  private mutating func add(_ partition: Int, _ progress: Progress) {
    heads[partition] = progress.head
    for journal in JournalName.allCases where progress[journal].number > 0 {
      let cursor = progress[journal]
      places[partition, default: [:]][journal] = Place(number: cursor.number, incarnation: cursor.incarnation)
    }
  }

  /// Why services with these stores could not go on together, a sentence each; none when they can.
  public static func disagreements(_ surveys: [StoreSurvey]) -> [String] {
    let byService = Dictionary(surveys.map { ($0.service, $0) }) { first, _ in first }
    let numbers = Set(surveys.map(\.partitions))
    if numbers.count > 1 {
      let each = surveys.map { "\($0.service.rawValue) \($0.partitions)" }.joined(separator: ", ")
      return ["the stores were initialised with different numbers of partitions: \(each)"]
    }
    return surveys.flatMap { survey in
      JournalName.allCases.compactMap { survey.disagreement(over: $0, with: byService[$0.owner]) }
    }
  }

  /// What is wrong between what was followed of a journal and the store that has the journal.
  private func disagreement(over journal: JournalName, with upstream: StoreSurvey?) -> String? {
    let followed = places.compactMapValues { $0[journal] }.sorted { $0.key < $1.key }
    guard let first = followed.first else { return nil }
    let (name, owner) = (journal.rawValue, journal.owner.rawValue)
    guard let upstream else {
      return "\(service.rawValue) follows \(name), and there is no store of \(owner)"
    }
    let others = followed.filter {
      !$0.value.incarnation.isEmpty && $0.value.incarnation != upstream.incarnation
    }
    if !others.isEmpty {
      return "\(service.rawValue) follows \(name) of another life of \(owner) "
        + "(\(first.value.incarnation), the store is \(upstream.incarnation))"
    }
    let ahead = followed.filter { partition, place in
      place.number > upstream.heads[journal.isDefinitions ? partitions : partition] ?? 0
    }
    guard let worst = ahead.first else { return nil }
    let head = upstream.heads[journal.isDefinitions ? partitions : worst.key] ?? 0
    return "\(service.rawValue) has followed \(name) up to \(worst.value.number) in partition \(worst.key), "
      + "where \(owner) ends at \(head) (\(ahead.count) partitions)"
  }
}
