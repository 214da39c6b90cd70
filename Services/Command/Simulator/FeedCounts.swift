import Contracts
import Wire

/// What was written of one feed, and what must become of it: the account that Laurel's own counts are
/// compared with.
struct FeedCounts: Sendable, Hashable {
  var files = 0
  /// Records, without the line of column names: accepted + duplicate + rejected + skipped.
  var lines = 0
  var accepted = 0
  /// The same line a second time.
  var duplicate = 0
  var rejected = 0
  /// Missed calls, which are no behaviour.
  var skipped = 0
  /// Accepted ones that happened on an earlier day than that of their file.
  var late = 0
  /// Accepted ones by what they become.
  var events: [EventType: Int] = [:]

  /// `{"files", "lines", "accepted", "duplicate", "rejected", "skipped", "late", "events": {...}}`.
  func write(_ writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("files", files)
      writer.member("lines", lines)
      writer.member("accepted", accepted)
      writer.member("duplicate", duplicate)
      writer.member("rejected", rejected)
      writer.member("skipped", skipped)
      writer.member("late", late)
      writer.key("events")
      writer.object { writer in
        for (type, count) in events.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
          writer.key(text: type.rawValue)
          writer.integer(count)
        }
      }
    }
  }
}
