import Wire

/// When a source's connector is run: its `sync_frequency`.
///
/// `real_time` asks again a few seconds after each run; `hourly` at the full hour, `daily` at midnight,
/// `weekly` at midnight before Monday, all in the operator's zone; anything else is a cron expression.
struct Schedule: Sendable, Hashable {
  private let cron: Cron?

  /// From the end of a run to the next one in real time, microseconds.
  static let realTimeMicros: Int64 = 5_000_000
  /// After one failure, microseconds; twice as much after each further one.
  static let backoffMicros: Int64 = 30_000_000
  static let backoffMicrosMax: Int64 = 3_600_000_000

  private static let words = ["hourly": "0 * * * *", "daily": "0 0 * * *", "weekly": "0 0 * * 1"]

  /// Throws `invalid_argument` for what is none, and for one whose time never comes.
  init(_ text: String) throws(WireError) {
    if text == "real_time" {
      cron = nil
      return
    }
    guard let cron = Cron(Self.words[text] ?? text), cron.next(after: 0, in: .utc) != nil else {
      throw .invalid(
        "'sync_frequency' is none of real_time, hourly, daily, weekly, and no cron expression such as "
          + "'*/15 6-22 * * 1-5' (minute, hour, day, month, day of the week)")
    }
    self.cron = cron
  }

  /// The first instant after another at which a run is due, if none fails; microseconds.
  func next(after instant: Int64, in zone: Zone) -> Int64 {
    guard let cron else { return instant + Self.realTimeMicros }
    // One that is saved comes at some time; should it not, it is never.
    return cron.next(after: instant, in: zone) ?? .max
  }

  /// When the next run is due; `definedAt` is when the source was defined as it is.
  func due(after last: SyncRow?, definedAt: Int64, in zone: Zone) -> Int64 {
    guard let last else { return cron == nil ? definedAt : next(after: definedAt, in: zone) }
    switch last.status {
    // A run of a process that is gone goes on at once.
    case .running: return last.at
    case .failed: return last.at + Self.backoff(last.failures)
    case .done, .cancelled: return next(after: last.at, in: zone)
    }
  }

  /// How long to wait after so many failures, microseconds.
  static func backoff(_ failures: Int) -> Int64 {
    min(backoffMicros << Int64(min(max(failures - 1, 0), 16)), backoffMicrosMax)
  }

  /// The time from one run to the next, microseconds, as it is now.
  func rhythm(at now: Int64, in zone: Zone) -> Int64 {
    let first = next(after: now, in: zone)
    return first == .max ? .max : next(after: first, in: zone) - first
  }
}

/// What is known about a source's life, and whether it has been silent for too long.
struct SourceLife: Sendable, Hashable {
  var last: SyncRow?
  var totals = TotalsRow()
  /// Where its feed is read on; empty for none.
  var cursor = ""

  /// Without the parameters of an address, which may be secret.
  var shownCursor: String {
    if let address = WebAddress(cursor) { return address.shown }
    return cursor.hasPrefix("/") ? String(cursor.prefix { $0 != "?" }) : cursor
  }

  /// So many times its rhythm without a record is too long.
  static let patience: Int64 = 3
  /// A shorter time, in microseconds, is never too long.
  static let silenceMicrosMin: Int64 = 900_000_000

  /// Whether a source that is to speak has said nothing for much longer than it usually does.
  ///
  /// Its rhythm is the longer one of its schedule's and of what was seen so far. One that only takes what is
  /// pushed, or asks in real time, has none before it has spoken twice with a pause between.
  func isSilent(_ definition: SourceDefinition, now: Int64, in zone: Zone) -> Bool {
    guard definition.isActive, !definition.isDeleted else { return false }
    var rhythm = totals.rhythm
    if let connection = try? Connection(definition.connection.utf8), connection.isPulled,
      definition.syncFrequency != "real_time", let schedule = try? Schedule(definition.syncFrequency)
    {
      rhythm = max(rhythm, schedule.rhythm(at: now, in: zone))
    }
    guard rhythm > 0, rhythm < .max / Self.patience else { return false }
    let since = max(totals.lastAt, definition.updatedAt)
    return now - since > max(rhythm * Self.patience, Self.silenceMicrosMin)
  }
}
