import Wire

/// Whole customer-days, both ends included.
public struct DayWindow: Sendable, Hashable {
  public var first: Day
  public var last: Day

  /// So many days that end with a day, that day included.
  public init(endingOn last: Day, days: Int) {
    first = last - (days - 1)
    self.last = last
  }

  public var days: Int { last - first + 1 }

  @inline(__always)
  public func contains(_ day: Day) -> Bool { day >= first && day <= last }

  /// The window of the same length that ends so many lengths earlier.
  public func earlier(by periods: Int) -> DayWindow { DayWindow(endingOn: last - periods * days, days: days) }
}
