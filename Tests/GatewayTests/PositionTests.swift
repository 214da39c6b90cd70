import Contracts
import Testing
import Wire

@testable import Gateway

@Suite struct PositionTokenTests {
  @Test func survivesItsText() throws {
    var random = SplitMix(seed: 11)
    for _ in 0..<200 {
      let token = try #require(PositionToken(positions(&random)))
      #expect(try PositionToken(text: token.text) == token, "seed 11")
      #expect(token.text.utf8.count <= GatewayLimits.tokenBytesMax)
    }
  }

  private func positions(_ random: inout SplitMix) -> [Position] {
    (0..<Int.random(in: 1...64, using: &random)).map { place in
      Position(
        partition: place, journal: JournalName.allCases.randomElement(using: &random) ?? .events,
        number: Int64.random(in: 0...Int64.max, using: &random))
    }
  }

  @Test func keepsTheHighestOfEach() throws {
    let low = Position(partition: 3, journal: .events, number: 4)
    let high = Position(partition: 3, journal: .events, number: 9)
    let other = Position(partition: 3, journal: .outcomes, number: 1)
    #expect(PositionToken([high, other, low])?.positions == [high, other])
  }

  @Test func thereIsNoneForNothingAndForTooMuch() {
    #expect(PositionToken([]) == nil)
    let many = (0...GatewayLimits.tokenPositionsMax).map {
      Position(partition: $0, journal: .events, number: 1)
    }
    #expect(PositionToken(many) == nil)
    #expect(PositionToken(Array(many.dropLast())) != nil)
  }

  @Test func refusesWhatNobodyGave() {
    let texts = [
      "[1]", "[[1]]", "[[1,\"events\"]]", "[[1,\"events\",2,3]]", "[[-1,\"events\",2]]",
      "[[1,\"events\",-2]]",
      "[[1,\"nothing\",2]]", "{}", "[[1,\"events\",2]] x", "[[1,\"events\",2.5]]",
    ]
    for text in texts {
      #expect(throws: WireError.self) { try PositionToken(text: Base64URL.text(text.utf8)) }
    }
    let long = String(repeating: "A", count: GatewayLimits.tokenBytesMax + 1)
    for text in ["%", "", "a b", "=", "ä", long] {
      #expect(throws: WireError.self) { try PositionToken(text: text) }
    }
  }

  @Test func damagedTextNeverTraps() throws {
    var random = SplitMix(seed: 12)
    let text = Array(try #require(PositionToken(positions(&random))).text.utf8)
    var read = 0
    for _ in 0..<2_000 {
      var damaged = text
      for _ in 0...2 {
        let place = Int.random(in: 0..<damaged.count, using: &random)
        damaged[place] = UInt8.random(in: 0x20...0x7E, using: &random)
      }
      if (try? PositionToken(text: String(decoding: damaged, as: UTF8.self))) != nil { read += 1 }
    }
    #expect(read < 2_000, "seed 12")
  }
}

@Suite struct SettlingTests {
  private func waits(
    _ positions: [Position], _ service: ServiceName, _ partition: Int? = 7
  ) -> [Settling.Wait] { Settling(positions, reading: service, partition: partition).waits }

  private func at(_ journal: JournalName, _ partition: Int = 7) -> Position {
    Position(partition: partition, journal: journal, number: 5)
  }

  @Test func whatIsBelowTheWriteWaits() {
    let events = at(.events)
    #expect(waits([events], .ingestion).isEmpty)
    for service in [ServiceName.scoring, .missions, .badging] {
      #expect(waits([events], service) == [.init(service: service, partition: 7, positions: [events])])
    }
    #expect(waits([at(.outcomes)], .scoring).isEmpty)
    #expect(waits([at(.outcomes)], .missions).isEmpty)
    #expect(waits([at(.outcomes)], .badging).count == 1)
  }

  @Test func otherPartitionsDoNotMatterToACustomer() {
    #expect(waits([at(.events, 8)], .scoring).isEmpty)
    #expect(waits([at(.events, 8)], .scoring, nil).map(\.partition) == [8])
  }

  @Test func oneQuestionForEachOwner() {
    let positions = [at(.events), at(.crossings), at(.outcomes)]
    #expect(waits(positions, .badging) == [.init(service: .badging, partition: 7, positions: positions)])
  }

  @Test func definitionsAreAskedOfAllWhoFollowThem() {
    let missions = at(.missionsDefinitions, 64)
    #expect(waits([missions], .ingestion).isEmpty)
    #expect(waits([missions], .scoring) == [.init(service: .scoring, partition: nil, positions: [missions])])
    #expect(waits([missions], .missions).map(\.service) == [.scoring, .missions])
    #expect(waits([missions], .badging).map(\.service) == [.scoring, .missions])
    #expect(waits([at(.badgingDefinitions, 64)], .badging).map(\.service) == [.scoring, .badging])
    #expect(waits([at(.badgingDefinitions, 64)], .missions).map(\.service) == [.scoring])
  }
}

/// Random numbers that a seed repeats (Steele, Lea, Flood 2014).
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
