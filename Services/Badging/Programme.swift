import Contracts
import Journal
import Wire

/// The definitions that a partition has taken: what badges need, and what offers give.
struct Programme: StateRow {
  var badges = Badges()
  /// By id.
  var offers: [String: OfferDefinition] = [:]

  private static let form: UInt64 = 2

  init() {}

  init(_ reader: inout PackedReader) throws(PackedError) {
    guard try reader.unsigned() == Self.form else { throw PackedError(offset: 0, reason: "an unknown form") }
    var compiled: [Badge] = []
    let definitions = try reader.array { (reader) throws(PackedError) in try BadgingDefinition(&reader) }
    for definition in definitions {
      switch definition {
      case .badge(let badge): compiled.append(try Self.compile(badge))
      case .offer(let offer): offers[offer.offerId] = offer
      }
    }
    let left = try reader.array { (reader) throws(PackedError) in
      (ComparisonName(hash: try reader.unsigned()), try reader.signed())
    }
    badges = Badges(compiled, left: Dictionary(left) { $1 })
  }

  private static func compile(_ definition: BadgeDefinition) throws(PackedError) -> Badge {
    do throws(WireError) {
      return try Badge(definition)
    } catch {
      throw PackedError(offset: 0, reason: error.message)
    }
  }

  func pack(_ writer: inout PackedWriter) {
    writer.unsigned(Self.form)
    let offers = offers.values.sorted { $0.offerId < $1.offerId }
    let definitions = badges.all.map { BadgingDefinition.badge($0.definition) } + offers.map { .offer($0) }
    writer.array(definitions) { $1.pack(&$0) }
    writer.array(badges.left.sorted { $0.key.hash < $1.key.hash }) {
      $0.unsigned($1.key.hash)
      $0.signed($1.value)
    }
  }
}
