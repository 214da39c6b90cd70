import Contracts
import Journal
import Wire

/// A state row of Badging, by the kind of its key.
enum BadgingRow: StateRow, Equatable {
  /// `c:<customer>`
  case customer(CustomerRow)
  /// `a:<customer>:<place>`
  case award(AwardRow)
  /// `l:<customer>:<place>`
  case ledger(LedgerRow)
  /// `o:<mission>/<occasion>`
  case occasion(OccasionRow)
  /// `g:<grant>`
  case grant(GrantRow)
  /// `f:<pseudonym>`
  case forgotten(ForgottenRow)

  private static let form: UInt64 = 2

  init(_ reader: inout PackedReader) throws(PackedError) {
    guard try reader.unsigned() == Self.form else { throw PackedError(offset: 0, reason: "an unknown form") }
    switch try reader.unsigned() {
    case 0: self = .customer(try CustomerRow(&reader))
    case 1: self = .award(try AwardRow(&reader))
    case 2: self = .ledger(try LedgerRow(&reader))
    case 3: self = .occasion(try OccasionRow(&reader))
    case 4: self = .grant(try GrantRow(&reader))
    case 5: self = .forgotten(try ForgottenRow(&reader))
    default: throw PackedError(offset: 1, reason: "an unknown kind of row")
    }
    guard reader.isAtEnd else { throw PackedError(offset: 2, reason: "bytes after the row") }
  }

  func pack(_ writer: inout PackedWriter) {
    writer.unsigned(Self.form)
    switch self {
    case .customer(let row):
      writer.unsigned(0)
      row.pack(&writer)
    case .award(let row):
      writer.unsigned(1)
      row.pack(&writer)
    case .ledger(let row):
      writer.unsigned(2)
      row.pack(&writer)
    case .occasion(let row):
      writer.unsigned(3)
      row.pack(&writer)
    case .grant(let row):
      writer.unsigned(4)
      row.pack(&writer)
    case .forgotten(let row):
      writer.unsigned(5)
      row.pack(&writer)
    }
  }

  var customer: CustomerRow? { if case .customer(let row) = self { row } else { nil } }
  var award: AwardRow? { if case .award(let row) = self { row } else { nil } }
  var ledger: LedgerRow? { if case .ledger(let row) = self { row } else { nil } }
  var occasion: OccasionRow? { if case .occasion(let row) = self { row } else { nil } }
  var grant: GrantRow? { if case .grant(let row) = self { row } else { nil } }
}

/// Keys of rows. Places have a fixed width, so that no customer's key can be read as another's.
enum RowKey {
  static let customers = "c:"
  private static let placeDigits = 10

  static func customer(_ customer: String) -> String { customers + customer }
  static func award(_ customer: String, _ place: Int) -> String { "a:\(customer):\(padded(place))" }
  static func ledger(_ customer: String, _ place: Int) -> String { "l:\(customer):\(padded(place))" }
  static func occasion(_ mission: String, _ occasion: Int) -> String { "o:\(mission)/\(occasion)" }

  static func grant(_ id: String) -> String { "g:\(id)" }
  static func forgotten(_ pseudonym: String) -> String { "f:\(pseudonym)" }

  private static func padded(_ place: Int) -> String {
    let digits = String(place)
    return String(repeating: "0", count: max(0, placeDigits - digits.count)) + digits
  }
}
