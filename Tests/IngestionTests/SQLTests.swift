import Contracts
import Storage
import Support
import Testing
import Wire

@testable import Ingestion

/// The SQL connector against a real PostgreSQL.
@Suite(.enabled(if: PrivatePostgres.isAvailable, "PostgreSQL is not installed"))
struct SQLTests {
  private static let table = """
    CREATE TABLE calls (
      id bigint PRIMARY KEY, who text, seconds numeric(12, 3), at timestamptz, changed timestamp);
    """

  private static func insert(_ numbers: Range<Int>, changed: String) -> String {
    "INSERT INTO calls SELECT n, 'C-' || n % 7, n + 0.125, '2024-05-31 10:00:00+02', \(changed) "
      + "FROM generate_series(\(numbers.lowerBound), \(numbers.upperBound - 1)) AS n;"
  }

  private static func connection(_ url: String, _ more: String = "") -> String {
    #"{"kind":"sql","url":"\#(url)","query":"SELECT id, who, seconds, at, changed FROM calls -- all\n;","#
      + #""cursor_column":"changed","size":10\#(more)}"#
  }

  /// An office, and a warehouse that it reads from.
  private struct Scene {
    let office: Office
    let running: Office.Running
    let url: String
    let warehouse: Session

    init() async throws {
      url = try PrivatePostgres.shared().freshDatabaseText()
      warehouse = try Session.open(try DatabaseURL(url))
      office = try Office()
      running = try await office.start()
    }

    func end() async {
      warehouse.close()
      await running.stop()
      await office.end()
    }
  }

  @Test("rows page by page, rows of one value together, late ones of the last value too")
  func pages() async throws {
    let scene = try await Scene()
    try scene.warehouse.script(
      Self.table + Self.insert(0..<33, changed: "timestamp '2024-06-01' + n / 3 * '1 s'::interval"))
    try await scene.office.define(connection: Self.connection(scene.url))
    let first = try await scene.office.sync()
    #expect(first.status == "done", "\(first.error)")
    #expect(first.counts == [33, 33, 0, 0, 0])
    #expect(try await scene.office.sync().counts == [0, 0, 0, 0, 0])
    // One of the last value that was committed later, and new ones: more of one value than a page has.
    try scene.warehouse.script(
      Self.insert(100..<101, changed: "(SELECT max(changed) FROM calls)")
        + Self.insert(200..<225, changed: "timestamp '2024-06-02'"))
    #expect(try await scene.office.sync().counts == [26, 26, 0, 0, 0])
    #expect(try await scene.office.sync().counts == [0, 0, 0, 0, 0])
    let shown = try await scene.office.shown()
    #expect(shown.contains(#""cursor":"2024-06-02 00:00:00""#), "\(shown)")
    let event = try await scene.office.text(Method.events, #"{"customer_id":"C-6","limit":100}"#)
    #expect(event.contains(#""value":6.125"#) && event.contains(#""source_event_id":"6""#), "\(event)")
    #expect(try await scene.office.counts() == [59, 59, 0, 0, 0, 0])
    try await scene.office.check()
    await scene.end()
  }

  @Test("what was committed late behind the cursor is found with a lookback")
  func lookback() async throws {
    let scene = try await Scene()
    try scene.warehouse.script(
      Self.table + Self.insert(0..<10, changed: "timestamp '2024-06-01' + n * '1 minute'::interval"))
    try await scene.office.define(connection: Self.connection(scene.url, #","lookback":"150 seconds""#))
    #expect(try await scene.office.sync().counts == [10, 10, 0, 0, 0])
    try scene.warehouse.script(Self.insert(50..<51, changed: "timestamp '2024-06-01 00:07:30'"))
    // Rows of the minutes 7 and 8 come again and are known; that of minute 9 is not even looked at.
    #expect(try await scene.office.sync().counts == [3, 1, 2, 0, 0])
    await scene.end()
  }

  @Test("nothing can be written, a bad query or server fails the run with its reason, passwords stay hidden")
  func problems() async throws {
    let scene = try await Scene()
    try scene.warehouse.script(Self.table)
    let writing =
      #""query":"WITH gone AS (DELETE FROM calls RETURNING *) SELECT * FROM gone","cursor_column":"id""#
    for (query, reason) in [
      (#""query":"SELECT nothing FROM calls","cursor_column":"id""#, "column \"nothing\" does not exist"),
      (#""query":"SELECT id FROM calls","cursor_column":"changed""#, "does not exist"),
      (writing, "WITH clause"),
    ] {
      try await scene.office.define(connection: #"{"kind":"sql","url":"\#(scene.url)",\#(query)}"#)
      let job = try await scene.office.sync()
      #expect(job.status == "failed" && job.error.contains(reason), "\(job.error)")
    }
    try await scene.office.define(
      connection: #"{"kind":"sql","url":"postgres://u:pass-word@127.0.0.1:1/x","query":"SELECT 1 AS id","#
        + #""cursor_column":"id"}"#)
    let job = try await scene.office.sync()
    #expect(job.status == "failed" && job.error.contains("cannot be reached"), "\(job.error)")
    let shown = try await scene.office.shown()
    #expect(shown.contains("postgres://u:***@127.0.0.1:1/x"), "\(shown)")
    #expect(!(shown + job.error).contains("pass-word"))
    await scene.end()
  }

  @Test("the default source of a warehouse, told where it is")
  func warehouse() async throws {
    let scene = try await Scene()
    try scene.warehouse.script(
      """
      CREATE TABLE customer_features (customer_id text PRIMARY KEY, updated_at timestamptz, tenure integer,
        lifetime_value numeric, churn_probability double precision, total_revenue numeric,
        transaction_count integer);
      INSERT INTO customer_features VALUES ('C-1', '2024-05-30 01:00:00+00', 400, 1200.5, 0.25, 900, 31),
        ('C-2', '2024-05-30 01:00:00+00', 10, NULL, 0.5, NULL, NULL);
      """)
    try await scene.running.seed()
    let built = BuiltInSources.all.first { $0.sourceName == "dwh" }?.connection ?? ""
    let told = built.replacing(#""url":"""#, with: #""url":"\#(scene.url)""#)
    _ = try await scene.office.text(
      Method.putSource,
      #"{"definition":{"name":"dwh","is_active":true,"connection_config":\#(told)}}"#)
    let job = try await scene.office.sync("dwh")
    #expect(job.status == "done", "\(job.error)")
    #expect(job.counts == [2, 2, 0, 0, 0])
    let event = try await scene.office.text(Method.events, #"{"customer_id":"C-1","limit":5}"#)
    #expect(event.contains("FEATURE_UPDATE") && event.contains("0.25"), "\(event)")
    try scene.warehouse.script(
      "UPDATE customer_features SET churn_probability = 0.75, updated_at = '2024-05-31 01:00:00+00' "
        + "WHERE customer_id = 'C-2'")
    #expect(try await scene.office.sync("dwh").counts == [1, 1, 0, 0, 0])
    await scene.end()
  }
}
