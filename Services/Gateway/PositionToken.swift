import Contracts
import Wire

/// What `X-Laurel-Position` carries: where a client's writes stand, so that its reads can wait for them.
///
/// The text is opaque to clients: base64url of `[[partition, journal, number], ...]`.
struct PositionToken: Sendable, Equatable {
  /// At most one for each partition and journal: the highest.
  let positions: [Position]

  static let none = PositionToken(positions: [])

  private init(positions: [Position]) { self.positions = positions }

  /// Puts positions together, or nil when there are none, or more than a token may hold: then a read that
  /// follows does not wait.
  init?(_ positions: [Position]) {
    struct Place: Hashable {
      let partition: Int
      let journal: JournalName
    }
    var highest: [Place: Int64] = [:]
    for position in positions {
      let place = Place(partition: position.partition, journal: position.journal)
      highest[place] = max(highest[place] ?? 0, position.number)
    }
    guard !highest.isEmpty, highest.count <= GatewayLimits.tokenPositionsMax else { return nil }
    self.positions = highest.map {
      Position(partition: $0.key.partition, journal: $0.key.journal, number: $0.value)
    }.sorted { ($0.journal.index, $0.partition) < ($1.journal.index, $1.partition) }
  }

  /// The header's value.
  var text: String {
    var writer = JSONWriter()
    writer.array { writer in
      for position in positions {
        writer.array { writer in
          writer.integer(position.partition)
          writer.string(position.journal.rawValue)
          writer.integer(position.number)
        }
      }
    }
    return Base64URL.text(writer.bytes)
  }

  /// Reads a header's value; throws `invalid_argument` for one that no gateway has given.
  init(text: String) throws(WireError) {
    guard text.utf8.count <= GatewayLimits.tokenBytesMax, let bytes = Base64URL.bytes(text),
      let positions = try? Self.read(bytes), positions.count <= GatewayLimits.tokenPositionsMax
    else { throw Self.refused }
    self.positions = positions
  }

  private static let refused = WireError.invalid("X-Laurel-Position is not a token that this API has given")

  private static func read(_ bytes: [UInt8]) throws -> [Position] {
    var scanner = JSONScanner(bytes)
    var positions: [Position] = []
    try scanner.beginArray()
    while try scanner.nextElement() { positions.append(try one(&scanner)) }
    try scanner.finish()
    return positions
  }

  private static func one(_ scanner: inout JSONScanner) throws -> Position {
    try scanner.beginArray()
    guard try scanner.nextElement(), let partition = Int(exactly: try scanner.integer()), partition >= 0,
      try scanner.nextElement(), let journal = JournalName(rawValue: try scanner.string()),
      try scanner.nextElement()
    else { throw refused }
    let number = try scanner.integer()
    guard number >= 0, try !scanner.nextElement() else { throw refused }
    return Position(partition: partition, journal: journal, number: number)
  }
}
