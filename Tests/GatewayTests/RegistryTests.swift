import Messaging
import Testing
import Wire

@testable import Gateway

@Suite struct RegistryTests {
  private let own = replica("gateway", "g")

  @Test func beginsWithTheGatewayItself() {
    #expect(Registry(own: own).members == [own])
  }

  @Test func tellsWhetherTheMembershipIsAnotherOne() throws {
    var registry = Registry(own: own)
    let steps = [
      (replica("scoring", "a"), true), (replica("scoring", "a"), false),
      (replica("scoring", "a", partitions: [1]), true), (replica("scoring", "b"), true),
    ]
    for (member, isNews) in steps {
      let changed = try registry.announce(member, now: 1_000)
      #expect(changed == isNews)
    }
    #expect(registry.members.map(\.instance) == ["g", "a", "b"])
  }

  @Test func whoIsSilentForThreeSecondsIsGone() throws {
    var registry = Registry(own: own)
    _ = try registry.announce(replica("scoring", "a"), now: 0)
    _ = try registry.announce(replica("scoring", "b"), now: 1_000)
    let early = registry.expire(now: 3_000)
    let late = registry.expire(now: 3_001)
    #expect(!early && late)
    #expect(registry.members.map(\.instance) == ["g", "b"])
    _ = registry.expire(now: 1_000_000)
    #expect(registry.members == [own])
  }

  @Test func refusesWhatCannotBe() throws {
    var registry = Registry(own: own)
    let long = String(repeating: "x", count: Registry.nameBytesMax + 1)
    for wrong in [
      own, replica("", "a"), replica("scoring", ""), replica("scoring", long), replica(long, "a"),
      replica("scoring", "a", partitions: [-1]),
      replica("scoring", "a", partitions: [Registry.partitionMax + 1]),
      Replica(service: "scoring", instance: "a", urls: .init(rpc: "", bell: "", health: "")),
    ] {
      #expect(refusal(of: wrong, &registry) == .invalidArgument)
    }
    #expect(registry.members == [own])
  }

  @Test func hasRoomForSoManyOnly() throws {
    var registry = Registry(own: own)
    for number in 1..<Registry.membersMax {
      _ = try registry.announce(replica("scoring", "\(number)"), now: 0)
    }
    #expect(refusal(of: replica("scoring", "more"), &registry) == .resourceExhausted)
    #expect(refusal(of: replica("scoring", "1"), &registry) == nil)
  }

  private func refusal(of replica: Replica, _ registry: inout Registry) -> Status? {
    do throws(WireError) {
      _ = try registry.announce(replica, now: 0)
      return nil
    } catch {
      return error.status
    }
  }
}

@Suite struct ReadinessTests {
  @Test func namesWhoIsNotThere() {
    let missing = Readiness([replica("gateway", "g")], partitions: 4).missing
    #expect(missing == ["ingestion", "scoring", "missions", "badging"].map { "\($0): no replica is known" })
  }

  @Test func namesPartitionsThatNobodyOwns() {
    var members = Readiness.services.map { replica($0.rawValue, "a", partitions: [0, 1, 2, 3, 4]) }
    #expect(Readiness(members, partitions: 4).isReady)
    members[1].partitions = [1, 3]
    members[3].partitions = [0, 1, 2, 3]
    #expect(
      Readiness(members, partitions: 4).missing == [
        "scoring: nobody owns partitions 0, 2 and the definitions", "badging: nobody owns the definitions",
      ])
  }

  @Test func namesRanges() {
    var members = Readiness.services.map { replica($0.rawValue, "a", partitions: Array(0...64)) }
    members[0].partitions = Array(3...60) + [64]
    #expect(
      Readiness(members, partitions: 64).missing == ["ingestion: nobody owns partitions 0-2, 61-63"])
  }

  @Test func severalReplicasShare() {
    let members = Readiness.services.flatMap {
      [replica($0.rawValue, "a", partitions: [0, 2]), replica($0.rawValue, "b", partitions: [1])]
    }
    #expect(Readiness(members, partitions: 2).isReady)
  }
}

/// A replica that is dialled by nobody.
func replica(_ service: String, _ instance: String, partitions: [Int] = []) -> Replica {
  let url = "inproc://\(service)-\(instance)"
  return Replica(
    service: service, instance: instance, urls: .init(rpc: url, bell: url + "-bell", health: url + "-health"),
    partitions: partitions)
}
