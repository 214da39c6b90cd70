/// Where a demonstration's records come from.
enum DemoInput: Sendable {
  /// One's own, read as a whole and handed over.
  case data(DemoData)
  /// A simulated operator's files, fetched by connectors.
  case feeds(DemoFeeds)

  /// What is kept of its run.
  var record: DemoRecord {
    switch self {
    case .data(let data):
      DemoRecord(
        data: data.path, bytes: data.records.reduce(0) { $0 + $1.count }, source: data.source.name)
    case .feeds(let feeds):
      DemoRecord(data: "simulation", bytes: 0, source: feeds.description, last: feeds.simulation.last)
    }
  }
}
