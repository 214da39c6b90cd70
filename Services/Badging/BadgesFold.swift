import Contracts
import Journal
import Wire

/// The definitions of badges and offers: one partition, changed by commands alone.
struct BadgesFold: Fold {
  let journal = JournalName.badgingDefinitions
  let upstreams: [JournalName] = []
  let version = 2

  /// The seed with the defaults of this release. They travel in the command, so that a rebuild by another
  /// release folds it alike; a seed without them takes the defaults of the release that folds it.
  static var seed: Command { Command(method: JournalMethod.seed, key: "", payloads: Defaults.texts) }

  typealias Row = DefinitionRow

  func initialRegisters(partition: Int) -> EmptyRow { EmptyRow() }
  func initialDefinitions() -> EmptyRow { EmptyRow() }
  func decode(_ journal: JournalName, _ number: Int64, _ entry: ArraySlice<UInt8>) throws -> Never? { nil }
  func apply(_ item: Never, _ work: inout Work<Self>) {}

  func command(_ command: Command, _ work: inout Work<Self>) throws(WireError) -> Frames {
    switch command.method {
    case JournalMethod.seed: return seed(try Defaults(command.payloads), &work)
    case Method.patchBadge: return try patch(BadgePatch(command.payloads), &work)
    case Method.putOffer: return put(try OfferDefinition(Fields(command.payloads)), &work)
    default: throw .unimplemented("no command \(command.method)")
    }
  }

  /// Appends the defaults that are missing, and those that another release left and nobody edited.
  private func seed(_ defaults: Defaults, _ work: inout Work<Self>) -> Frames {
    var (added, updated) = (0, 0)
    for badge in defaults.badges {
      let known = work.row(DefinitionKey.badge(badge.slug))?.definition.badge
      guard let next = badge.following(known) else { continue }
      if known == nil { added += 1 } else { updated += 1 }
      put(.badge(next), DefinitionKey.badge(badge.slug), &work)
    }
    for offer in defaults.offers {
      let known = work.row(DefinitionKey.offer(offer.offerId))?.definition.offer
      guard let next = offer.following(known) else { continue }
      if known == nil { added += 1 } else { updated += 1 }
      put(.offer(next), DefinitionKey.offer(offer.offerId), &work)
    }
    return Frames([
      JSONWriter.object { writer in
        writer.member("added", added)
        writer.member("updated", updated)
      }
    ])
  }

  private func patch(_ patch: BadgePatch, _ work: inout Work<Self>) throws(WireError) -> Frames {
    let key = DefinitionKey.badge(patch.slug)
    guard let known = work.row(key)?.definition.badge else { throw .notFound("no badge '\(patch.slug)'") }
    let badge = patch.applied(to: known)
    if badge != known { put(.badge(badge), key, &work) }
    return Frames([JSONWriter.object(badge.writeMembers)])
  }

  private func put(_ offer: OfferDefinition, _ work: inout Work<Self>) -> Frames {
    let key = DefinitionKey.offer(offer.offerId)
    let known = work.row(key)?.definition.offer
    var next = offer
    if let known {
      next.version = known.version
      next.origin = known.origin
      next = known.edited(to: next)
    } else {
      next.origin = .operator
    }
    if next != known { put(.offer(next), key, &work) }
    return Frames([JSONWriter.object(next.writeMembers)])
  }

  private func put(_ definition: BadgingDefinition, _ key: String, _ work: inout Work<Self>) {
    let last = work.row(key)?.last ?? 0
    let number = work.emit(kind: definition.kind, id: definition.slug, prev: last) {
      $0.member("definition", raw: definition.text)
    }
    work.set(key, DefinitionRow(definition: definition, last: number))
  }
}

/// Keys of the definitions partition's rows.
enum DefinitionKey {
  static let badges = "b:"
  static let offers = "f:"
  /// More definitions of a kind than this are not told of.
  static let listedMax = 1_000

  static func badge(_ slug: String) -> String { badges + slug }
  static func offer(_ id: String) -> String { offers + id }
}
