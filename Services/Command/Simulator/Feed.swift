import Wire

/// The systems of a simulated operator that hand over records: each writes one file a day into a folder of
/// its own, and each is one source of Laurel.
enum Feed: String, CaseIterable, Sendable {
  /// Calls, messages and data sessions: CSV.
  case cdr
  /// Recharges, bundles, bills and payments: JSON Lines.
  case billing
  /// Activation, status, profile, plan and referrals: JSON Lines.
  case crm
  /// What is done in the app and on the web: JSON Lines.
  case app
  /// Disturbed service: CSV with semicolons.
  case network
  /// What the warehouse computes about customers, once a week: JSON Lines.
  case dwh

  /// The source's name in compose/examples/simulated/<feed>.yaml.
  var source: String { "sim-\(rawValue)" }

  /// The column names of a CSV file; nil for JSON Lines.
  var header: String? {
    switch self {
    case .cdr: "record_id,customer,kind,other,amount,start,cell,roaming,cancels"
    case .network: "issue;subscriber;cell;kind;severity;at"
    case .billing, .crm, .app, .dwh: nil
    }
  }

  /// The name of a day's file: `2026-09-24.csv`.
  func file(of day: Day) -> String { "\(day).\(header == nil ? "jsonl" : "csv")" }

  /// What can go wrong with a record of this feed.
  var flaws: [FeedFlaw] {
    switch self {
    case .cdr, .network: [.missingTime, .badNumber, .unknownKind, .truncated]
    case .billing: [.missingTime, .badNumber, .unknownKind]
    case .crm, .app: [.missingTime, .unknownKind]
    case .dwh: [.missingTime, .truncated]
    }
  }
}

/// What makes a record unusable; each is rejected by Ingestion with a reason of its own.
enum FeedFlaw: Sendable {
  case missingTime, badNumber, unknownKind, truncated
}
