import Measures
import Wire

/// What a mission has counted, in the form of its metric; only that form's part is filled.
struct Tally: Sendable, Equatable {
  private(set) var value = Decimal6.zero
  private(set) var sum = Sum()
  private(set) var census = Census()
  private(set) var dues = Dues()

  init() {}

  /// With the bills that are known when a mission begins.
  init(bills: Bills) { dues.bills = bills }

  /// Counts an event's share (or takes it back, with -1); whether the value may have changed.
  mutating func add(
    _ sign: Int64, _ share: Share, at time: Int64, _ form: Metric.Form, origin: Int64
  ) -> Bool {
    switch share {
    case .nothing: return false
    case .amount(let amount):
      sum.add(Decimal6(millionths: sign &* amount.millionths), at: time)
    case .key(let key):
      guard census.add(sign, key, at: time) else { return false }
      value = census.value(form, origin: origin)
      return true
    case .payment(let bill, let day): dues.pay(sign, bill, on: day, at: time)
    case .bill(let name, let due): dues.bills.add(sign, name, due: due)
    }
    value = form == .onTime ? onTime.value : sum.value
    return true
  }

  private var onTime: Sum {
    var all = sum
    dues.add(to: &all)
    return all
  }

  /// The event time at which a target was first reached, in the order of event times.
  func reached(_ target: Decimal6, _ form: Metric.Form, origin: Int64) -> Int64? {
    switch form {
    case .sum, .instant: sum.reached(target)
    case .onTime: onTime.reached(target)
    case .distinct, .run, .reach, .largest: census.reached(target, form, origin: origin)
    }
  }
}

extension Tally {
  func pack(_ form: Metric.Form, _ writer: inout PackedWriter) {
    writer.decimal(value)
    switch form {
    case .sum, .instant: sum.pack(&writer)
    case .distinct, .run, .reach, .largest: census.pack(&writer)
    case .onTime:
      sum.pack(&writer)
      dues.pack(&writer)
    }
  }

  init(_ form: Metric.Form, _ reader: inout PackedReader) throws(PackedError) {
    value = try reader.decimal()
    switch form {
    case .sum, .instant: sum = try Sum(&reader)
    case .distinct, .run, .reach, .largest: census = try Census(&reader)
    case .onTime:
      sum = try Sum(&reader)
      dues = try Dues(&reader)
    }
  }
}
