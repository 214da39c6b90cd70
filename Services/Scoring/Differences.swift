import Contracts
import Measures
import Wire

extension Features {
  /// The names of the features and attributes that another fold of the same events has otherwise.
  ///
  /// A last activity or transaction older than the days that are kept is known no better than that.
  func differences(from other: Features) -> [String] {
    let features = Feature.allCases.filter { feature in
      value(feature) != other.value(feature) && !isBeyond(feature, other)
    }
    let (mine, theirs) = (attributes, other.attributes)
    let names = Set(mine.keys).union(theirs.keys).filter { mine[$0] != theirs[$0] }
    return features.map(\.rawValue) + names.sorted()
  }

  private func isBeyond(_ feature: Feature, _ other: Features) -> Bool {
    switch feature {
    case .daysSinceLastActivity: Self.areBoth(inactive, other.inactive, DayLimits.activityDays)
    case .daysSinceLastTransaction: Self.areBoth(idle, other.idle, DayLimits.moneyDays)
    default: false
    }
  }

  private static func areBoth(_ mine: Int?, _ theirs: Int?, _ keptDays: Int) -> Bool {
    let limit = keptDays - DayLimits.asOfDays
    return mine ?? .max >= limit && theirs ?? .max >= limit
  }
}
