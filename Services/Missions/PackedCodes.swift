import Contracts
import Measures
import Wire

/// Names as one byte in rows that are written for every event: the place in the declaration, so that new
/// names go to the end.
enum PackedCodes {
  private static let metrics = Metric.allCases
  private static let statuses = MissionStatus.allCases
  private static let categories = MissionTemplate.Category.allCases

  static func code(_ metric: Metric) -> Int { metrics.firstIndex(of: metric) ?? 0 }
  static func code(_ status: MissionStatus) -> Int { statuses.firstIndex(of: status) ?? 0 }
  static func code(_ category: MissionTemplate.Category) -> Int { categories.firstIndex(of: category) ?? 0 }

  static func metric(_ reader: inout PackedReader) throws(PackedError) -> Metric {
    try pick(metrics, &reader)
  }
  static func status(_ reader: inout PackedReader) throws(PackedError) -> MissionStatus {
    try pick(statuses, &reader)
  }
  static func category(_ reader: inout PackedReader) throws(PackedError) -> MissionTemplate.Category {
    try pick(categories, &reader)
  }

  private static func pick<Name>(_ names: [Name], _ reader: inout PackedReader) throws(PackedError) -> Name {
    let code = try reader.number()
    guard names.indices.contains(code) else { throw PackedError(offset: 0, reason: "an unknown code") }
    return names[code]
  }
}

extension PackedWriter {
  /// As `optional`, without a closure that takes a call for every row.
  mutating func instant(_ value: Int64?) {
    bool(value != nil)
    if let value { signed(value) }
  }
}
