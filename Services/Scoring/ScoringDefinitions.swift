import Contracts
import Wire

/// The definitions that a partition has taken: how scores are computed, and what is watched.
struct ScoringDefinitions: Sendable {
  static let form: UInt8 = 2

  var score = ScoreDefinition.initial { didSet { marks = ScoreSheet(score) } }
  var watch = WatchList()
  /// The score definition in the form that is computed with.
  private(set) var marks = ScoreSheet(ScoreDefinition.initial)

  init() {}

  func pack(_ writer: inout PackedWriter) {
    writer.unsigned(UInt64(Self.form))
    score.pack(&writer)
    watch.pack(&writer)
  }

  init(_ reader: inout PackedReader) throws(PackedError) {
    guard try reader.unsigned() == Self.form else {
      throw PackedError(offset: 0, reason: "an unknown form of row")
    }
    score = try ScoreDefinition(&reader)
    marks = ScoreSheet(score)
    watch = try WatchList(&reader)
  }
}

/// A zone other than the operator's in which customers live.
struct ZoneSweep: Sendable, Equatable {
  let zone: String
  var customers = 0
  /// The next midnight there, unix microseconds.
  var at: Int64 = 0
  /// The last key that the running sweep has looked at; empty between two sweeps.
  var cursor = ""
}

/// A partition's own registers.
struct ScoringRegisters: Sendable, Equatable {
  static let form: UInt8 = 2

  /// Customers with a row.
  var customers = 0
  /// Crossings in the journal.
  var crossings: Int64 = 0
  /// The instant of the sweep that waits or runs, unix microseconds; 0 before the first customer.
  var sweepAt: Int64 = 0
  /// The last key that the running sweep has looked at; empty between two sweeps.
  var sweepCursor = ""
  /// The instant of the timer of a running pass for new definitions, or 0.
  var watchAt: Int64 = 0
  /// The last key that this pass has looked at.
  var watchCursor = ""
  /// By the names of the zones.
  var away: [ZoneSweep] = []

  init() {}

  func pack(_ writer: inout PackedWriter) {
    writer.unsigned(UInt64(Self.form))
    writer.count(customers)
    writer.signed(crossings)
    writer.signed(sweepAt)
    writer.text(sweepCursor)
    writer.signed(watchAt)
    writer.text(watchCursor)
    writer.array(away) { writer, away in
      writer.text(away.zone)
      writer.count(away.customers)
      writer.signed(away.at)
      writer.text(away.cursor)
    }
  }

  init(_ reader: inout PackedReader) throws(PackedError) {
    guard try reader.unsigned() == Self.form else {
      throw PackedError(offset: 0, reason: "an unknown form of row")
    }
    customers = try reader.number()
    crossings = try reader.signed()
    sweepAt = try reader.signed()
    sweepCursor = try reader.text()
    watchAt = try reader.signed()
    watchCursor = try reader.text()
    away = try reader.array { (reader) throws(PackedError) in
      ZoneSweep(
        zone: try reader.text(), customers: try reader.number(), at: try reader.signed(),
        cursor: try reader.text())
    }
  }
}
