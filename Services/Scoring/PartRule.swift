import Contracts
import Wire

/// How a part of a score comes from features (domain.md 4).
struct PartRule: Sendable, Hashable {
  enum Formula: Sendable, Hashable {
    /// `min(max(x, 0) / full, 1) * of`.
    case share(full: Decimal6)
    /// `max(0, of - perDay * x)`.
    case recency(perDay: Int)
    /// `clamp((prev - last) / prev, 0, 1) * of`, 0 if `prev` is 0.
    case decline
  }

  let part: String
  let feature: Feature
  /// The most points.
  let of: Int
  var formula: Formula
  /// Whether its full marks are configuration.
  var isConfigured = true

  static func share(_ feature: Feature, _ full: Int, of: Int, as part: String? = nil) -> PartRule {
    PartRule(
      part: part ?? feature.rawValue, feature: feature, of: of, formula: .share(full: Decimal6(full)))
  }

  /// Its name and the value that gives all points, if that is configuration.
  var fullMarks: (String, Decimal6)? {
    if isConfigured, case .share(let full) = formula { (part, full) } else { nil }
  }

  /// Its points and its input, nil where that is not known: then it gives nothing.
  func result(_ features: Features) -> (points: Decimal6, input: Decimal6?) {
    if case .decline = formula { return decline(features) }
    guard let input = features.number(feature) else { return (.zero, nil) }
    return (points(input), input)
  }

  func points(_ input: Decimal6) -> Decimal6 {
    switch formula {
    case .share(let full): return Self.points(min(max(input, .zero), full), of: of, over: full)
    case .recency(let perDay):
      let lost = input.scaled(by: Decimal6(perDay), over: Decimal6(1)) ?? Decimal6(of)
      return (Decimal6(of) - min(max(lost, .zero), Decimal6(of))).rounded(places: 2)
    case .decline: return Self.points(min(max(input, .zero), Decimal6(1)), of: of, over: Decimal6(1))
    }
  }

  /// From the exact quotient: the rounded one that is shown would be rounded twice.
  private func decline(_ features: Features) -> (points: Decimal6, input: Decimal6?) {
    let before = features.revenue(in: features.before)
    let last = max(features.revenue(in: features.window(Features.Window.month)), .zero)
    guard before > .zero, last < before else { return (.zero, .zero) }
    let lost = before - last
    return (Self.points(lost, of: of, over: before), lost.scaled(by: Decimal6(1), over: before))
  }

  /// Points in millionths to which hundredths are rounded.
  private static let hundredth: Int64 = 10_000

  /// `share / full * of`, rounded half up to two decimals; `share` is 0 to `full`.
  private static func points(_ share: Decimal6, of: Int, over full: Decimal6) -> Decimal6 {
    // In 64 bits wherever that fits: it is the hottest division there is.
    let (product, over) = share.millionths.multipliedReportingOverflow(by: Int64(of) * 200)
    let (sum, overflow) = product.addingReportingOverflow(full.millionths)
    let (divisor, wide) = full.millionths.multipliedReportingOverflow(by: 2)
    guard !over, !overflow, !wide, divisor > 0 else {
      return share.scaled(by: Decimal6(of), over: full, places: 2) ?? .zero
    }
    return Decimal6(millionths: sum / divisor * hundredth)
  }
}
