import Measures
import Testing
import Wire

@Suite struct BucketTests {
  @Test func windowsHaveBothEnds() {
    let buckets = active([-30, -29, -1, 0, 1])
    #expect(buckets.totals(in: DayWindow(endingOn: march(0), days: 30)).callsMade == 3)
    #expect(buckets.activeDays(in: DayWindow(endingOn: march(0), days: 30)) == 3)
    #expect(buckets.totals(through: march(0)).callsMade == 4)
    #expect(buckets.totals(through: march(1)).callsMade == 5)
    #expect(DayWindow(endingOn: march(0), days: 7).earlier(by: 1).last == march(-7))
  }

  @Test func takenBackDaysVanish() {
    var buckets = active([-5, -5, 0])
    buckets.add(-calls(), on: march(0), today: march(0))
    #expect(buckets.lastActive(through: march(0)) == march(-5))
    buckets.add(-calls(2), on: march(-5), today: march(0))
    #expect(buckets.buckets.isEmpty)
    #expect(buckets.lastActive(through: march(0)) == nil)
    #expect(buckets.lifetime.isZero)
  }

  /// What happened stays known as long as it is kept, then the newest of it.
  @Test(arguments: [0, 30, 159, 160, 161, 400, 457, 458, 900]) func lastActivityOutlivesItsBucket(days: Int) {
    var buckets = active([0])
    buckets.add(calls(), on: march(days), today: march(days))
    buckets.add(-calls(), on: march(days), today: march(days))
    #expect(buckets.lastActive(through: march(days)) == march(0))
    #expect(buckets.lifetime == calls())
    #expect(buckets.firstEvent(through: march(days)) != nil)
    buckets.add(-calls(), on: march(0), today: march(days))
    #expect(buckets.lastActive(through: march(days)) == nil)
    #expect(buckets.firstEvent(through: march(days)) == nil)
  }

  @Test func oldDaysKeepOnlyThatSomethingHappened() {
    let buckets = active([0, 200], today: 200)
    #expect(buckets.buckets.map(\.day) == [march(200)])
    #expect(buckets.lastActive(through: march(199)) == march(0))
    #expect(buckets.totals(through: march(200)).callsMade == 2)
  }

  @Test func firstEventIsNotLaterThanAsked() {
    let buckets = active([-3, 2])
    #expect(buckets.firstEvent(through: march(0)) == march(-3))
    #expect(buckets.firstEvent(through: march(-4)) == nil)
  }

  @Test(arguments: [
    ([0], 1), ([-1], 1), ([-2], 0), ([-2, -1], 2), ([-2, -1, 0], 3), ([-3, -1, 0], 2), ([-2, 0], 1), ([], 0),
    ([-1, 0, 1], 2),
  ]) func currentStreak(days: [Int], streak: Int) {
    #expect(active(days).currentStreak(in: DayWindow(endingOn: march(0), days: 92)) == streak)
  }

  @Test func streaksStayInsideTheirWindow() {
    let buckets = active(Array(-120...0))
    #expect(buckets.currentStreak(in: DayWindow(endingOn: march(0), days: 92)) == 92)
    #expect(buckets.longestStreak(in: DayWindow(endingOn: march(0), days: 92)) == 92)
    #expect(active([-9, -8, -7, -5, -1, 0]).longestStreak(in: DayWindow(endingOn: march(0), days: 92)) == 3)
    #expect(active([]).longestStreak(in: DayWindow(endingOn: march(0), days: 92)) == 0)
  }

  @Test func gapsCountWholeInactiveDays() {
    let window = DayWindow(endingOn: march(0), days: 365)
    #expect(active([-40, -10, -9, 0]).longestGap(in: window) == 29)
    #expect(active([-1, 0]).longestGap(in: window) == 0)
    #expect(active([-200]).longestGap(in: window) == 0)
  }

  @Test func countsKnowTheirEarliestDay() throws {
    var days = DayCounts()
    days.add(1, on: march(4))
    days.add(1, on: march(2))
    days.add(1, on: march(2))
    #expect(days.earliest(through: march(9)) == march(2))
    #expect(days.earliest(through: march(1)) == nil)
    days.add(-1, on: march(2))
    #expect(days.earliest(through: march(9)) == march(2))
    days.add(-1, on: march(2))
    #expect(days.earliest(through: march(9)) == march(4))
    var writer = PackedWriter()
    days.pack(&writer)
    var reader = PackedReader(writer.bytes)
    #expect(try DayCounts(&reader) == days)
  }
}
