import Foundation
import Testing
import Wire

struct DayTests {
  @Test("dates and day numbers agree, both ways, for every day of 1600 to 2400")
  func everyDay() throws {
    var expected = try #require(Day(year: 1600, month: 1, day: 1)).number
    #expect(expected == -135_140)
    for year in 1600...2400 {
      for month in 1...12 {
        for day in 1...Day.count(ofMonth: month, year: year) {
          let made = try #require(Day(year: year, month: month, day: day))
          guard made.number == expected, made.date == (year, month, day) else {
            Issue.record("\(year)-\(month)-\(day) became \(made.number) and \(made.date)")
            return
          }
          expected += 1
        }
      }
    }
  }

  @Test func knownDays() {
    #expect(Day("1970-01-01")?.number == 0)
    #expect(Day("1969-12-31")?.number == -1)
    #expect(Day("2010-09-14")?.number == 14_866)
    #expect(Day("2000-02-29")?.weekday == 2)
    #expect(Day("1969-12-28")?.weekday == 0)
    #expect(Day(number: 14_866).description == "2010-09-14")
    #expect(Day(year: 33, month: 4, day: 3)?.description == "0033-04-03")
  }

  @Test(
    "what is no date is refused",
    arguments: [
      "2023-02-29", "1900-02-29", "2010-13-01", "2010-00-01", "2010-04-31", "2010-9-14", "2010-09-14 ", "",
      "2010/09/14", "-001-01-01", "2010-09-1a", "20100914",
    ])
  func refused(text: String) { #expect(Day(text) == nil) }

  @Test func arithmetic() throws {
    let day = try #require(Day("2024-02-28"))
    #expect((day + 2).description == "2024-03-01")
    #expect(day - 59 == Day("2023-12-31"))
    #expect(try #require(Day("2024-03-01")) - day == 2)
    #expect(Day("2024-01-31")?.adding(months: 1).description == "2024-02-29")
    #expect(Day("2024-02-29")?.adding(months: 12).description == "2025-02-28")
    #expect(Day("2024-01-15")?.adding(months: -1).description == "2023-12-15")
    #expect((day..<(day + 5)).count == 5)
  }

  @Test func travelsAsText() throws {
    let day = try #require(Day("2010-09-14"))
    let text = try JSONEncoder().encode([day])
    #expect(String(decoding: text, as: UTF8.self) == #"["2010-09-14"]"#)
    #expect(try JSONDecoder().decode([Day].self, from: text) == [day])
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode([Day].self, from: Data(#"["2010-02-30"]"#.utf8))
    }
  }
}
