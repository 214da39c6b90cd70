import Foundation
import Glibc
import Testing

@testable import Command

@Suite struct HomeTests {
  @Test func aHomeIsMadeAndOthersCannotLookInto() throws {
    let scratch = try Scratch()
    let home = HomeFolder(scratch.path + "/a/b")
    try home.prepare()
    let mode = try FileManager.default.attributesOfItem(atPath: home.run)[.posixPermissions] as? Int
    #expect(mode == 0o700)
    #expect(home.demo.path == home.path + "/demo" && home.demo.run == home.demo.path + "/run")
    #expect(HomeFolder("/x", run: "/r").demo.run == "/r/demo")
  }

  @Test func aFileInPlaceOfAHomeIsAFault() throws {
    let scratch = try Scratch()
    let home = HomeFolder(try scratch.file("home", ""))
    #expect { try home.prepare() } throws: { "\($0)".contains("--home") }
  }

  @Test func aHomeTooDeepForSocketsIsAFault() throws {
    let scratch = try Scratch()
    let home = HomeFolder(scratch.path + "/" + String(repeating: "x", count: 100))
    #expect { try home.prepare() } throws: { "\($0)".contains("LAUREL_RUN") }
  }

  @Test func aSecondKeeperIsRefusedAndTheFirstOneNamed() throws {
    let scratch = try Scratch()
    let home = HomeFolder(scratch.path)
    do {
      let first = try UpLock(home)
      #expect { _ = try UpLock(home) } throws: { "\($0)".contains("process \(getpid())") }
      _ = consume first
    }
    #expect(throws: Never.self) { _ = try UpLock(home) }
  }

  @Test func emptyingKeepsTheLockAlone() throws {
    let scratch = try Scratch()
    let home = HomeFolder(scratch.path)
    try home.prepare()
    let lock = try UpLock(home)
    _ = try scratch.file("scoring.sqlite", "x")
    try home.empty()
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: home.path).sorted() == ["logs", "run", "up.lock"])
    _ = consume lock
  }

  @Test func servicesAreStartedWithTheirOwnSettings() throws {
    let scratch = try Scratch()
    for name in ["gateway", "ingestion", "scoring", "missions", "badging"] {
      let path = try scratch.file("laurel-\(name)", "")
      #expect(chmod(path, 0o700) == 0)
    }
    let home = HomeFolder(scratch.path + "/home")
    let environment = [
      "LAUREL_ZONE": "Europe/Berlin", "LAUREL_INSTANCE": "me", "LAUREL_DATABASE": "postgres://x",
      "PATH": "/bin",
    ]
    let plans = ServicePlans(home: home, port: 9_999, isStepped: true, isEmbedded: true)
    let all = try plans.plans(environment: environment, folder: scratch.path)
    #expect(all.map(\.name).first == "laurel-gateway" && all.count == 5)
    #expect(all[0].environment["LAUREL_HTTP"] == "127.0.0.1:9999")
    for plan in all {
      #expect(
        plan.environment["LAUREL_ZONE"] == "Europe/Berlin" && plan.environment["LAUREL_CLOCK"] == "stepped")
      #expect(plan.environment["LAUREL_INSTANCE"] == nil && plan.environment["LAUREL_DATABASE"] == nil)
      #expect(plan.environment["LAUREL_RUN"] == home.run)
      #expect(plan.arguments.last == "\(scratch.path)/\(plan.name)")
    }
    #expect(all.dropFirst().allSatisfy { $0.environment["LAUREL_HTTP"] == nil })
    #expect { try plans.plans(environment: [:], folder: home.path) } throws: {
      "\($0)".contains("swift build")
    }
  }

  @Test func whatIsKnownOfARunIsKept() throws {
    let scratch = try Scratch()
    let home = HomeFolder(scratch.path)
    #expect(DemoRecord.read(home) == nil)
    var record = DemoRecord(data: "a.csv", bytes: 5, source: "s")
    try record.write(home)
    #expect(DemoRecord.read(home) == record)
    record.finished = true
    let known = try #require(DemoRecord.read(home))
    #expect(known.isSame(as: record) && known != record)
    record.bytes = 6
    #expect(!known.isSame(as: record))
  }
}
