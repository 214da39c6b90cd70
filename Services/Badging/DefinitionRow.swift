import Contracts
import Journal
import Wire

/// A definition of the badging journal, by the kind of its entry.
enum BadgingDefinition: Sendable, Equatable {
  case badge(BadgeDefinition)
  case offer(OfferDefinition)

  /// The kind of a badge's entries.
  static let badgeKind = "badge"

  /// Reads an entry; nil for another kind.
  init?(_ entry: ArraySlice<UInt8>) throws {
    if let found = try DefinitionEntry<BadgeDefinition>(entry, kind: Self.badgeKind) {
      self = .badge(found.definition)
    } else if let found = try DefinitionEntry<OfferDefinition>(entry, kind: OfferDefinition.entryKind) {
      try found.definition.check()
      self = .offer(found.definition)
    } else {
      return nil
    }
  }

  /// Reads the text of a kind.
  init(kind: String, _ text: ArraySlice<UInt8>) throws(WireError) {
    switch kind {
    case Self.badgeKind: self = .badge(try Cold.decode(BadgeDefinition.self, text))
    case OfferDefinition.entryKind: self = .offer(try Cold.decode(OfferDefinition.self, text))
    default: throw .invalid("no definition is a '\(kind)'")
    }
  }

  var kind: String {
    switch self {
    case .badge: Self.badgeKind
    case .offer: OfferDefinition.entryKind
    }
  }

  var slug: String {
    switch self {
    case .badge(let badge): badge.slug
    case .offer(let offer): offer.offerId
    }
  }

  /// A definition is texts, numbers and flags: what can always be written as JSON.
  var text: [UInt8] {
    switch self {
    case .badge(let badge): (try? Cold.encode(badge)) ?? []
    case .offer(let offer): (try? Cold.encode(offer)) ?? []
    }
  }

  var badge: BadgeDefinition? { if case .badge(let badge) = self { badge } else { nil } }
  var offer: OfferDefinition? { if case .offer(let offer) = self { offer } else { nil } }
}

/// A definition as the definitions partition keeps it.
struct DefinitionRow: StateRow, Equatable {
  var definition: BadgingDefinition
  /// The number of its last entry.
  var last: Int64

  private static let form: UInt64 = 2

  init(definition: BadgingDefinition, last: Int64) {
    self.definition = definition
    self.last = last
  }

  init(_ reader: inout PackedReader) throws(PackedError) {
    guard try reader.unsigned() == Self.form else { throw PackedError(offset: 0, reason: "an unknown form") }
    last = try reader.signed()
    definition = try BadgingDefinition(&reader)
    guard reader.isAtEnd else { throw PackedError(offset: 2, reason: "bytes after the row") }
  }

  func pack(_ writer: inout PackedWriter) {
    writer.unsigned(Self.form)
    writer.signed(last)
    definition.pack(&writer)
  }
}

extension BadgingDefinition {
  init(_ reader: inout PackedReader) throws(PackedError) {
    let kind = try reader.text()
    let text = try reader.blob()
    do throws(WireError) {
      try self.init(kind: kind, text)
    } catch {
      throw PackedError(offset: 1, reason: error.message)
    }
  }

  func pack(_ writer: inout PackedWriter) {
    writer.text(kind)
    writer.blob(text)
  }
}
