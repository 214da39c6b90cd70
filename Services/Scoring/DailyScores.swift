import Contracts
import Measures
import Wire

/// A customer's scores at the end of each of the last days.
struct DailyScores: Sendable {
  /// The newest first, from the first day with an event on.
  let days: [Assessment]

  init(_ history: History, today: Day, _ sheet: ScoreSheet) {
    let first = history.firstDay(through: today) ?? today
    days = (0..<DayLimits.historyDays).map { today - $0 }.filter { $0 >= first }.map {
      Assessment(history, asOf: $0, sheet)
    }
  }

  /// `{"customer_id", "results": [{"day", "engagement_score", ...}]}`.
  func encoded(of customer: String) -> [UInt8] {
    JSONWriter.object { writer in
      writer.member("customer_id", customer)
      writer.key("results")
      writer.array { writer in
        for day in days {
          writer.object { writer in
            writer.member("day", day.features.day.description)
            day.write(scores: &writer)
          }
        }
      }
    }
  }
}
