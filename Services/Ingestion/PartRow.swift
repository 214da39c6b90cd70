import Wire

/// Why a draft that a mapping accepted does not become an event.
enum AppendRefusal: String, Sendable, CaseIterable {
  case reversalOfReversal = "reversal_of_reversal"
  /// Given where identities past the 13 kept months have been let go.
  case reversalTooOld = "reversal_too_old"

  /// For people.
  var message: String {
    switch self {
    case .reversalOfReversal: "a REVERSAL cannot be taken back"
    case .reversalTooOld: "the record to take back is older than the kept 13 months"
    }
  }
}

/// What became of one draft; numbers are entry numbers.
enum DraftFate: Sendable, Hashable {
  case accepted(Int64)
  /// The number of the first one.
  case duplicate(Int64)
  case refused(AppendRefusal)
}

/// One chunk's part in one partition: kept, so that the same part again gives the same answer.
struct PartRow: Sendable, Hashable {
  var source: String
  /// In the order of the drafts.
  var fates: [DraftFate]

  var accepted: Int { fates.count { if case .accepted = $0 { true } else { false } } }
  var duplicate: Int { fates.count { if case .duplicate = $0 { true } else { false } } }
  var refused: Int { fates.count - accepted - duplicate }

  init(source: String, fates: [DraftFate]) {
    self.source = source
    self.fates = fates
  }

  private static let kinds: UInt64 = 4

  /// Numbers as differences from the one before: mostly one byte an event.
  func pack(_ writer: inout PackedWriter) {
    writer.text(source)
    writer.count(fates.count)
    var before: Int64 = 0
    for fate in fates {
      switch fate {
      case .accepted(let number): Self.pack(0, number, &before, &writer)
      case .duplicate(let number): Self.pack(1, number, &before, &writer)
      case .refused(.reversalOfReversal): writer.unsigned(2)
      case .refused(.reversalTooOld): writer.unsigned(3)
      }
    }
  }

  @inline(__always)
  private static func pack(
    _ kind: UInt64, _ number: Int64, _ before: inout Int64, _ writer: inout PackedWriter
  ) {
    let step = number &- before
    writer.unsigned(UInt64(bitPattern: (step << 1) ^ (step >> 63)) &* kinds | kind)
    before = number
  }

  init(_ reader: inout PackedReader) throws(PackedError) {
    source = try reader.text()
    let count = try reader.count()
    fates = []
    fates.reserveCapacity(count)
    var before: Int64 = 0
    for _ in 0..<count {
      let value = try reader.unsigned()
      let zigzag = value / Self.kinds
      let number = before &+ (Int64(bitPattern: zigzag >> 1) ^ -Int64(bitPattern: zigzag & 1))
      switch value % Self.kinds {
      case 0: fates.append(.accepted(number))
      case 1: fates.append(.duplicate(number))
      case 2: fates.append(.refused(.reversalOfReversal))
      default: fates.append(.refused(.reversalTooOld))
      }
      if value % Self.kinds < 2 { before = number }
    }
  }
}
