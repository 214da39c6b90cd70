import Contracts
import Wire

/// The badges and offers that exist from the first start (domain.md 7), kept as JSON beside this file.
struct Defaults: Sendable {
  let badges: [BadgeDefinition]
  let offers: [OfferDefinition]

  /// Two JSON arrays: this release's badges, and its offers.
  static let texts = Frames([PackageResources.badges_json, PackageResources.offers_json])

  /// Reads both arrays; a seed without them (`{}`) stands for those of this release.
  init(_ payloads: Frames) throws(WireError) {
    let isBare = payloads.first.map { $0.elementsEqual("{}".utf8) } ?? true
    let arrays = isBare ? Self.texts.array() : payloads.array()
    guard arrays.count >= 2 else { throw .invalid("badges and offers were expected") }
    var badges: [BadgeDefinition] = []
    for text in try Self.elements(arrays[0]) { badges.append(try BadgePatch.whole(text)) }
    var offers: [OfferDefinition] = []
    for text in try Self.elements(arrays[1]) { offers.append(try OfferDefinition(Fields(text))) }
    self.badges = badges
    self.offers = offers
  }

  private static func elements(_ text: ArraySlice<UInt8>) throws(WireError) -> [ArraySlice<UInt8>] {
    var scanner = JSONScanner(text)
    var found: [ArraySlice<UInt8>] = []
    do throws(JSONError) {
      try scanner.beginArray()
      while try scanner.nextElement() { found.append(try scanner.skip()) }
      try scanner.finish()
    } catch {
      throw .invalid("the defaults: \(error)")
    }
    return found
  }
}

/// What a release brings and an operator may edit.
protocol Released: Equatable {
  var version: Int { get set }
  var origin: MissionTemplate.Origin { get set }
}

extension BadgeDefinition: Released {}
extension OfferDefinition: Released {}

extension Released {
  /// What a release that has this default appends after what is known; nil where nothing is to be done,
  /// because it is the same or an operator's.
  func following(_ known: Self?) -> Self? {
    guard let known else { return self }
    var next = self
    next.version = known.version
    guard known.origin == .default, known != next else { return nil }
    next.version += 1
    return next
  }

  /// What an operator's edit makes of this: a new version, unless nothing differs.
  func edited(to next: Self) -> Self {
    guard next != self else { return self }
    var next = next
    next.version = version + 1
    next.origin = .operator
    return next
  }
}
