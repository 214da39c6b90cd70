import Contracts
import Wire

/// What is done in the app, on the web and in self-care.
extension SubscriberDay {
  private static let loginsMean = [0, 0.2, 0.6, 1.5]
  private static let features = [
    "balance", "usage", "bills", "roaming", "bundles", "support", "rewards", "speed_test", "family",
  ]
  /// In a hundred logins something of the account is settled.
  private static let selfCareShare = [0, 0.1, 0.3, 0.75]

  func app(_ random: inout SplitMix64) -> [FeedRecord] {
    var records: [FeedRecord] = []
    guard isPresent else { return records }
    if random.chance(0.05 * level) {
      records.append(used(.webLogin, "web_login", &random))
    }
    guard subscriber.app != .none else { return records }
    let kind = subscriber.app.rawValue
    if day.index == max(subscriber.joined, 0) + subscriber.number % 12 {
      records.append(used(.appInstall, "install", &random))
    }
    for _ in 0..<random.count(Self.loginsMean[kind] * level) {
      records.append(used(.appLogin, "login", &random))
      for _ in 0..<random.below(kind + 1) {
        let feature = Self.features[random.below(Self.features.count)]
        records.append(used(.appFeatureUse, "feature_use", &random, .init("feature", feature)))
      }
      for _ in 0..<random.below(kind + 1) {
        let content = FeedRecord.Detail("content", "story-\(1 + random.below(60))")
        records.append(used(.contentView, "content_view", &random, content))
        if random.chance(0.04) { records.append(used(.contentShare, "share", &random, content)) }
      }
      if random.chance(Self.selfCareShare[kind]) {
        let action = ["change_address", "block_sim", "change_limit", "download_bill"][random.below(4)]
        records.append(used(.selfCareAction, "self_care", &random, .init("task", action)))
      }
    }
    return records
  }

  private func used(
    _ type: EventType, _ kind: String, _ random: inout SplitMix64, _ detail: FeedRecord.Detail? = nil
  ) -> FeedRecord {
    FeedRecord(type, kind, at: moment(&random), [detail].compactMap { $0 })
  }
}
