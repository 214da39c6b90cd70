import Contracts
import Messaging

/// What is missing before all requests can be answered, as a value.
struct Readiness: Sendable, Equatable {
  /// The services that own partitions, in the order of the flow.
  static let services: [ServiceName] = [.ingestion, .scoring, .missions, .badging]
  /// The most ranges of partitions that are named.
  static let rangesMax = 8

  /// One sentence for each service that is not whole, in the order of the flow.
  let missing: [String]
  var isReady: Bool { missing.isEmpty }

  /// Looks at a membership; `partitions` is the number of customer partitions.
  init(_ members: [Replica], partitions: Int) {
    missing = Self.services.compactMap { service in
      let replicas = members.filter { $0.service == service.rawValue }
      if replicas.isEmpty { return "\(service.rawValue): no replica is known" }
      let owned = Set(replicas.flatMap(\.partitions))
      let gaps = (0...partitions).filter { !owned.contains($0) }
      return gaps.isEmpty ? nil : "\(service.rawValue): nobody owns \(Self.words(gaps, partitions))"
    }
  }

  /// `partitions 0-3, 7 and the definitions`.
  private static func words(_ gaps: [Int], _ partitions: Int) -> String {
    let customers = gaps.filter { $0 < partitions }
    var ranges: [ClosedRange<Int>] = []
    for gap in customers {
      if let last = ranges.last, last.upperBound == gap - 1 {
        ranges[ranges.count - 1] = last.lowerBound...gap
      } else {
        ranges.append(gap...gap)
      }
    }
    let texts = ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
    var parts: [String] = []
    if !texts.isEmpty {
      let more = texts.count > rangesMax ? ", ..." : ""
      parts.append("partitions " + texts.prefix(rangesMax).joined(separator: ", ") + more)
    }
    if gaps.contains(partitions) { parts.append("the definitions") }
    return parts.joined(separator: " and ")
  }
}
