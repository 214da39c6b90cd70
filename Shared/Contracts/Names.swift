/// The executables that exchange messages.
public enum ServiceName: String, Sendable, Codable, CaseIterable {
  case gateway, ingestion, scoring, missions, badging
}

/// The partitioned journals; the raw value is the name on the wire.
public enum JournalName: String, Sendable, Codable, CaseIterable, Hashable {
  case events
  case crossings
  case outcomes
  case awards
  case ingestionDefinitions = "definitions.ingestion"
  case scoringDefinitions = "definitions.scoring"
  case missionsDefinitions = "definitions.missions"
  case badgingDefinitions = "definitions.badging"

  /// The service that appends to it.
  public var owner: ServiceName {
    switch self {
    case .events, .ingestionDefinitions: .ingestion
    case .crossings, .scoringDefinitions: .scoring
    case .outcomes, .missionsDefinitions: .missions
    case .awards, .badgingDefinitions: .badging
    }
  }

  /// A definitions journal has the one partition whose number follows the last customer partition.
  public var isDefinitions: Bool { rawValue.hasPrefix("definitions.") }

  /// Its place in fixed-size arrays over all journals.
  public var index: Int {
    switch self {
    case .events: 0
    case .crossings: 1
    case .outcomes: 2
    case .awards: 3
    case .ingestionDefinitions: 4
    case .scoringDefinitions: 5
    case .missionsDefinitions: 6
    case .badgingDefinitions: 7
    }
  }
}

/// Units of time.
public enum Micros {
  public static let second: Int64 = 1_000_000
  public static let minute: Int64 = 60 * second
  public static let hour: Int64 = 60 * minute
  public static let day: Int64 = 24 * hour
}
