import Storage
import Testing

@Suite struct TransactionTests {
  struct Stop: Error {}
  private static let insert = "INSERT INTO state(partition,key) VALUES(1,?1)"

  @Test(arguments: engines)
  func commitsAndRollsBack(_ engine: Engine) throws {
    let database = try FreshDatabase(engine)
    let session = try database.session()
    let other = try database.session()
    let answer = try session.transaction { inside in
      try inside.execute(Self.insert, [.blob([1])])
      #expect(try other.rows() == 0)
      return 7
    }
    #expect(answer == 7)
    #expect(try other.rows() == 1)
    #expect(throws: Stop.self) {
      try session.transaction { inside in
        try inside.execute(Self.insert, [.blob([2])])
        throw Stop()
      }
    }
    #expect(!session.isInTransaction)
    #expect(try session.rows() == 1)
    #expect(try other.rows() == 1)
  }

  @Test(arguments: engines)
  func doesNotNest(_ engine: Engine) throws {
    let session = try FreshDatabase(engine).session()
    try session.transaction { outer in
      #expect(code { try outer.transaction { _ in } } == .misuse)
      try outer.execute(Self.insert, [.blob([1])])
    }
    #expect(try session.rows() == 1)
  }

  @Test(arguments: engines)
  func aSwallowedErrorStillRollsBack(_ engine: Engine) throws {
    let session = try FreshDatabase(engine).session()
    let thrown = code {
      try session.transaction { inside in
        try inside.execute(Self.insert, [.blob([1])])
        #expect(code { try inside.execute(Self.insert, [.blob([1])]) } == .constraint)
        #expect(code { try inside.execute(Self.insert, [.blob([2])]) } == .constraint)
      }
    }
    #expect(thrown == .constraint)
    #expect(try session.rows() == 0)
    #expect(try session.execute(Self.insert, [.blob([1])]) == 1)
  }

  @Test(arguments: engines)
  func closingInsideKeepsNothing(_ engine: Engine) throws {
    let database = try FreshDatabase(engine)
    let session = try database.session()
    let thrown = code {
      try session.transaction { inside in
        try inside.execute(Self.insert, [.blob([1])])
        inside.close()
      }
    }
    #expect(thrown == .misuse)
    #expect(try database.session().rows() == 0)
  }

  @Test(arguments: engines)
  func aSnapshotSeesOneState(_ engine: Engine) throws {
    let database = try FreshDatabase(engine)
    let reader = try database.session()
    let writer = try database.session()
    try reader.transaction(.snapshot) { inside in
      try writer.execute(Self.insert, [.blob([1])])
      #expect(try inside.rows() == 0)
      try writer.execute(Self.insert, [.blob([2])])
      #expect(try inside.rows() == 0)
    }
    #expect(try reader.rows() == 2)
  }

  @Test(arguments: engines)
  func aSnapshotOnlyReads(_ engine: Engine) throws {
    let session = try FreshDatabase(engine).session()
    let thrown = code {
      _ = try session.transaction(.snapshot) { try $0.execute(Self.insert, [.blob([1])]) }
    }
    #expect(thrown == .permission)
    #expect(try session.execute(Self.insert, [.blob([1])]) == 1)
  }

  @Test(arguments: engines)
  func aScriptIsAllOrNothing(_ engine: Engine) throws {
    let session = try FreshDatabase(engine).session()
    #expect(
      code {
        try session.script("CREATE TABLE one (a INTEGER); INSERT INTO one VALUES (1); SELECT * FROM none;")
      } == .syntax)
    #expect(code { _ = try session.rows("one") } == .syntax)
    try session.script("CREATE TABLE one (a INTEGER); INSERT INTO one VALUES (1), (2);")
    #expect(try session.rows("one") == 2)
  }

  @Test(arguments: engines)
  func aReadOnlySessionRefusesWrites(_ engine: Engine) throws {
    let database = try FreshDatabase(engine)
    let writer = try database.session()
    let reader = try Session.open(database.url, SessionOptions(readOnly: true))
    #expect(code { try reader.execute(Self.insert, [.blob([1])]) } == .permission)
    try writer.execute(Self.insert, [.blob([1])])
    #expect(try reader.rows() == 1)
  }

  @Test(arguments: engines)
  func aHeldLockEndsInAnError(_ engine: Engine) throws {
    let database = try FreshDatabase(engine)
    let holder = try database.session()
    var options = SessionOptions(durable: false)
    options.busyMilliseconds = 20
    options.lockMilliseconds = 20
    let waiting = try Session.open(database.url, options)
    try holder.execute(Self.insert, [.blob([1])])
    let update = "UPDATE state SET number=1 WHERE partition=1"
    try holder.transaction { inside in
      try inside.execute(update)
      let thrown = code { _ = try waiting.transaction { try $0.execute(update) } }
      #expect(thrown == (engine == .sqlite ? .busy : .retry))
    }
    #expect(try waiting.transaction { try $0.execute(update) } == 1)
  }
}
