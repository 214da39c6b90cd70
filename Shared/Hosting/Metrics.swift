import Synchronization

/// The figures of one process: made once by name and labels, counted without a lock, read as a whole.
public final class Metrics: Sendable {
  /// What a figure is.
  public enum Instrument: Sendable {
    case counter(Counter)
    case gauge(Gauge)
    /// A gauge, or a number that only grows, that is asked when figures are read.
    case reading(grows: Bool, @Sendable () -> Double)
    case histogram(Histogram)

    var type: String {
      switch self {
      case .counter, .reading(grows: true, _): "counter"
      case .gauge, .reading: "gauge"
      case .histogram: "histogram"
      }
    }
  }

  /// All figures of one name.
  public struct Family: Sendable {
    public let name: String
    public let help: String
    public let type: String
    /// By labels, in order.
    public internal(set) var samples: [(labels: [Label], instrument: Instrument)]
  }

  /// One label and its value.
  public struct Label: Sendable, Hashable, Comparable {
    public let name: String
    public let value: String
    public static func < (left: Label, right: Label) -> Bool {
      (left.name, left.value) < (right.name, right.value)
    }
  }

  private let families = Mutex<[String: Family]>([:])

  /// An empty registry.
  public init() {}

  /// The counter of this name and these labels; its name ends in `_total` by custom.
  public func counter(_ name: String, help: String, labels: [String: String] = [:]) -> Counter {
    let made = instrument(name, help, labels) { .counter(Counter()) }
    guard case .counter(let counter) = made else { preconditionFailure("\(name) is no counter") }
    return counter
  }

  /// The gauge of this name and these labels.
  public func gauge(_ name: String, help: String, labels: [String: String] = [:]) -> Gauge {
    let made = instrument(name, help, labels) { .gauge(Gauge()) }
    guard case .gauge(let gauge) = made else { preconditionFailure("\(name) is no gauge") }
    return gauge
  }

  /// A gauge that is asked whenever figures are read; the first reading of a name and labels stays.
  ///
  /// With `grows` it is a counter that somebody else keeps.
  public func reading(
    _ name: String, help: String, labels: [String: String] = [:], grows: Bool = false,
    _ read: @escaping @Sendable () -> Double
  ) {
    _ = instrument(name, help, labels) { .reading(grows: grows, read) }
  }

  /// The histogram of this name and these labels; `bounds` rise, in seconds for latencies.
  public func histogram(
    _ name: String, help: String, labels: [String: String] = [:], bounds: [Double] = Histogram.latencyBounds
  ) -> Histogram {
    let made = instrument(name, help, labels) { .histogram(Histogram(bounds: bounds)) }
    guard case .histogram(let histogram) = made else { preconditionFailure("\(name) is no histogram") }
    return histogram
  }

  private func instrument(
    _ name: String, _ help: String, _ labels: [String: String], _ make: () -> Instrument
  ) -> Instrument {
    precondition(
      Self.wellFormed(name) && labels.keys.allSatisfy(Self.wellFormed), "\(name) is no metric name")
    let sorted = labels.map { Label(name: $0.key, value: $0.value) }.sorted()
    return families.withLock { families in
      if let found = families[name]?.samples.first(where: { $0.labels == sorted }) { return found.instrument }
      let made = make()
      var family = families[name] ?? Family(name: name, help: help, type: made.type, samples: [])
      precondition(family.type == made.type, "\(name) is a \(family.type)")
      let place = family.samples.firstIndex { sorted.lexicographicallyPrecedes($0.labels) }
      family.samples.insert((sorted, made), at: place ?? family.samples.count)
      families[name] = family
      return made
    }
  }

  private static func wellFormed(_ name: String) -> Bool {
    guard let first = name.utf8.first, !(48...57).contains(first) else { return false }
    return name.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 95 }
  }

  /// All families by name.
  public var snapshot: [Family] { families.withLock { $0.values.sorted { $0.name < $1.name } } }
}
