import Contracts
import Testing
import Wire

@testable import Scoring

/// Features that count, each by a small history.
@Suite struct CounterTests {
  /// One event on each of the days 30, 29, 1 and 0 days ago: the first is outside of the window.
  @Test(arguments: [
    (EventType.callOutgoing, Feature.calls30d), (.callIncoming, .calls30d), (.smsSent, .sms30d),
    (.smsReceived, .sms30d), (.appLogin, .appEvents30d), (.appFeatureUse, .appEvents30d),
    (.appLogin, .appLogins30d), (.appFeatureUse, .featureUses30d), (.contentView, .contentViews30d),
    (.webLogin, .webLogins30d), (.contentShare, .activeDays30d), (.custom, .activeDays30d),
  ]) func windowsOfThirtyDays(type: EventType, feature: Feature) throws {
    let story = try Story()
    for day in [-30, -29, -1, 0] { try story.say(type, day: day) }
    #expect(try story.feature(feature) == .count(3))
    #expect(try story.feature(feature, day: -1) == .count(3))
    #expect(try story.feature(feature, day: -30) == .count(1))
    #expect(try story.feature(feature, day: -31) == .count(0))
    try story.reverse(.init(type: type, day: -1))
    #expect(try story.feature(feature) == .count(2))
    #expect(try story.audit() == [])
  }

  @Test(arguments: [
    (EventType.callOutgoing, Feature.callsMadeEver), (.dataUsage, .dataEventsEver),
    (.recharge, .rechargesEver),
    (.topUp, .rechargesEver), (.appLogin, .appLoginsEver), (.billIssued, .billsEver), (.referral, .referrals),
  ]) func lifetimes(type: EventType, feature: Feature) throws {
    let story = try Story()
    for day in [-700, -200, -93, -60, 0] { try story.say(type, day: day) }
    #expect(try story.feature(feature) == .count(5))
    #expect(try story.feature(feature, day: -1) == .count(4))
    #expect(try story.feature(feature, day: -60) == .count(4))
    try story.reverse(.init(type: type, day: -200))
    #expect(try story.feature(feature) == .count(4))
  }

  @Test func otherWindows() throws {
    let story = try Story()
    for day in [-7, -6, 0] { try story.say(.qoeIssue, "0.5", day: day) }
    #expect(try story.feature(.qoeIssues7d) == .count(2))
    #expect(try story.feature(.qoeIssues7d, day: -7) == .count(1))
    for day in [-149, -90, -89, 0] { try story.say(.selfCareAction, day: day) }
    #expect(try story.feature(.selfCareActions90d) == .count(2))
    #expect(try story.feature(.selfCareActions90d, day: -60) == .count(3))
    #expect(try story.feature(.callsMadeEver) == .count(0))
    #expect(try story.audit() == [])
  }

  /// What counts events ignores their value, except for messages.
  @Test func valuesOfMessagesAndData() throws {
    let story = try Story()
    try story.say(.smsSent)
    try story.say(.smsReceived, "4")
    try story.say(.smsSent, "0")
    try story.say(.callOutgoing, "600")
    try story.say(.dataUsage, "12.000001")
    try story.say(.dataUsage, "0.5", day: -29)
    try story.say(.dataUsage)
    #expect(try story.feature(.sms30d) == .count(5))
    #expect(try story.feature(.calls30d) == .count(1))
    #expect(try story.feature(.dataMB30d) == .number(try #require(Decimal6("12.500001"))))
    #expect(try story.feature(.dataEventsEver) == .count(3))
    try story.reverse(.init(type: .dataUsage, value: "12.000001"))
    #expect(try story.feature(.dataMB30d) == .number(try #require(Decimal6("0.5"))))
    #expect(try story.feature(.activeDays30d) == .count(2))
  }

  /// A message without a number of messages is one, one with 0 is at least activity.
  @Test func activityWithoutMessages() throws {
    let story = try Story()
    try story.say(.smsSent, "0")
    #expect(try story.feature(.sms30d) == .count(0))
    #expect(try story.feature(.activeDays30d) == .count(1))
  }

  @Test(arguments: EventType.allCases.filter { $0 != .reversal }) func activity(type: EventType) throws {
    let story = try Story()
    try story.say(type, day: -3)
    #expect(try story.feature(.daysSinceLastActivity) == (type.isActivity ? .count(3) : .null))
    #expect(try story.feature(.activeDays30d) == .count(type.isActivity ? 1 : 0))
  }

  @Test func channelsAreNamedOrMeant() throws {
    let story = try Story()
    try story.say(.appInstall, day: -29)
    try story.say(.appLogin, day: -1)
    #expect(try story.feature(.channels30d) == .count(1))
    try story.say(.webLogin)
    try story.say(.ussdSession)
    #expect(try story.feature(.channels30d) == .count(3))
    try story.say(.recharge, "10", #"{"channel":"Kiosk"}"#)
    try story.say(.topUp, "10", #"{"channel":"kiosk"}"#)
    try story.say(.callOutgoing, "10", #"{"roaming":false,"channel":"app"}"#)
    #expect(try story.feature(.channels30d) == .count(4))
    try story.reverse(.init(type: .topUp, value: "10", metadata: #"{"channel":"kiosk"}"#))
    #expect(try story.feature(.channels30d) == .count(4))
    try story.reverse(.init(type: .recharge, value: "10", metadata: #"{"channel":"Kiosk"}"#))
    #expect(try story.feature(.channels30d) == .count(3))
  }

  /// A named channel stands in the place of the one that the type means.
  @Test func aNamedChannelReplacesTheMeantOne() throws {
    let story = try Story()
    try story.say(.appLogin, "1", #"{"channel":"tv"}"#)
    #expect(try story.feature(.channels30d) == .count(1))
    try story.say(.appLogin, "1", #"{"channel":"app"}"#)
    #expect(try story.feature(.channels30d) == .count(2))
    try story.say(.billIssued, "1", #"{"channel":"letter"}"#)
    try story.say(.callOutgoing, "1", #"{"channel":7}"#)
    #expect(try story.feature(.channels30d) == .count(2))
    #expect(try story.feature(.channels30d, day: -1) == .count(0))
  }

  @Test(arguments: [(179, true), (180, false)]) func roamingOfHalfAYear(days: Int, roamed: Bool) throws {
    let story = try Story()
    try story.say(.dataUsage, "3", day: -days, #"{"roaming":true}"#)
    try story.say(.dataUsage, "3", #"{"roaming":false}"#)
    #expect(try story.feature(.roamed180d) == .bool(roamed))
    #expect(try story.feature(.roamed180d, day: -60) == .bool(true))
    try story.reverse(.init(type: .dataUsage, day: -days, value: "3", metadata: #"{"roaming":true}"#))
    #expect(try story.feature(.roamed180d, day: -60) == .bool(false))
  }
}
