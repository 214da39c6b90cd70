import Wire

/// What the numbers must be, counted in the plainest way: all records again for every question.
///
/// A record counts once, however often it came, and not at all when it was taken back.
struct Plain: Sendable {
  struct Fact {
    let record: Record
    /// The day on which it first arrived.
    let arrival: Int
  }

  let story: Story
  /// Calls for full marks.
  let fullCalls: Int
  private let facts: [String: [Fact]]

  /// Of what arrives before a day of the story; of all, if none is given.
  init(_ story: Story, fullCalls: Int, before end: Int? = nil) {
    self.story = story
    self.fullCalls = fullCalls
    var first: [String: Fact] = [:]
    var takenBack: Set<String> = []
    for (day, records) in story.arrivals.prefix(end ?? story.arrivals.count).enumerated() {
      for record in records {
        if let reverses = record.reverses {
          takenBack.insert(reverses)
        } else if first[record.id] == nil {
          first[record.id] = Fact(record: record, arrival: day)
        }
      }
    }
    facts = Dictionary(
      grouping: first.values.filter { !takenBack.contains($0.record.id) }, by: \.record.customer)
  }

  func facts(of customer: String) -> [Fact] { facts[customer] ?? [] }

  /// A customer as of a day of the story.
  func life(_ customer: String, day: Int) -> PlainLife {
    PlainLife(records: facts(of: customer).map(\.record).filter { $0.day <= day }, today: day)
  }
}
