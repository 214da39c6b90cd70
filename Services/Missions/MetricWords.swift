import Measures
import Wire

extension Metric {
  /// Whether it counts days, of which a window has only so many.
  var countsDays: Bool {
    switch self {
    case .callsMade: false
    }
  }

  /// What so many of them are called, for people.
  func noun(_ count: Decimal6) -> String {
    switch self {
    case .callsMade: count == Decimal6(1) ? "outgoing call" : "outgoing calls"
    }
  }
}
