import Contracts
import Journal
import Wire

/// A badge as the definitions partition keeps it.
struct BadgeRow: StateRow, Equatable {
  var definition: BadgeDefinition
  /// The number of its last entry.
  var last: Int64

  private static let form: UInt64 = 1

  init(definition: BadgeDefinition, last: Int64) {
    self.definition = definition
    self.last = last
  }

  init(_ reader: inout PackedReader) throws(PackedError) {
    guard try reader.unsigned() == Self.form else { throw PackedError(offset: 0, reason: "an unknown form") }
    last = try reader.signed()
    do {
      definition = try Cold.decode(BadgeDefinition.self, try reader.blob())
    } catch let error as PackedError {
      throw error
    } catch {
      throw PackedError(offset: 1, reason: "a badge that cannot be read")
    }
  }

  func pack(_ writer: inout PackedWriter) {
    writer.unsigned(Self.form)
    writer.signed(last)
    // A definition is texts, numbers and flags: what can always be written as JSON.
    writer.blob((try? Cold.encode(definition)) ?? [])
  }
}

/// The badge definitions: one partition, changed by commands alone.
struct BadgesFold: Fold {
  let journal = JournalName.badgingDefinitions
  let upstreams: [JournalName] = []
  let version = 1

  /// The kind of its entries.
  static let kind = "badge"
  /// Keys of rows: `b:<slug>`.
  static let prefix = "b:"
  /// The command that every service's definitions take at start.
  static let seed = "definitions/seed"
  /// More badges than this are not made.
  static let badgesMax = 1_000

  typealias Row = BadgeRow

  func initialRegisters(partition: Int) -> EmptyRow { EmptyRow() }
  func initialDefinitions() -> EmptyRow { EmptyRow() }
  func decode(_ journal: JournalName, _ number: Int64, _ entry: ArraySlice<UInt8>) throws -> Never? { nil }
  func apply(_ item: Never, _ work: inout Work<Self>) {}

  func command(_ command: Command, _ work: inout Work<Self>) throws(WireError) -> Frames {
    switch command.method {
    case Self.seed: return try seed(&work)
    case Method.patchBadge: return try patch(BadgePatch(command.payloads), &work)
    default: throw .unimplemented("no command \(command.method)")
    }
  }

  /// Appends the defaults that are missing, and those that another release left and nobody edited.
  private func seed(_ work: inout Work<Self>) throws(WireError) -> Frames {
    var (added, updated) = (0, 0)
    for badge in DefaultBadges.all {
      let known = work.row(Self.prefix + badge.slug)?.definition
      guard let next = badge.following(known) else { continue }
      if known == nil { added += 1 } else { updated += 1 }
      try put(next, &work)
    }
    return Frames([
      JSONWriter.object { writer in
        writer.member("added", added)
        writer.member("updated", updated)
      }
    ])
  }

  private func patch(_ patch: BadgePatch, _ work: inout Work<Self>) throws(WireError) -> Frames {
    guard let known = work.row(Self.prefix + patch.slug)?.definition else {
      throw .notFound("no badge '\(patch.slug)'")
    }
    let badge = patch.applied(to: known)
    if badge != known { try put(badge, &work) }
    return Frames([JSONWriter.object(badge.writeMembers)])
  }

  private func put(_ badge: BadgeDefinition, _ work: inout Work<Self>) throws(WireError) {
    let text: [UInt8]
    do { text = try Cold.encode(badge) } catch { throw .internal("a badge cannot be written", cause: error) }
    let key = Self.prefix + badge.slug
    let last = work.row(key)?.last ?? 0
    let number = work.emit(kind: Self.kind, id: badge.slug, prev: last) { $0.member("definition", raw: text) }
    work.set(key, BadgeRow(definition: badge, last: number))
  }
}
