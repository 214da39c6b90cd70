import Testing

@testable import Storage

@Suite struct SchemaTests {
  @Test(arguments: [
    ("CREATE TABLE a (b BLOB, c INTEGER)", "CREATE TABLE a (b BYTEA, c BIGINT)"),
    ("(t TEXT NOT NULL)", "(t TEXT COLLATE \"C\" NOT NULL)"),
    ("(t text collate nocase)", "(t text collate nocase)"),
    ("SELECT CAST(x AS TEXT)", "SELECT CAST(x AS TEXT)"),
    ("(a blob) WITHOUT ROWID;", "(a BYTEA) ;"),
    ("(a blob) STRICT, WITHOUT ROWID;", "(a BYTEA)  ;"),
    ("(a blob) WITHOUT ROWID, STRICT;", "(a BYTEA)  ;"),
    ("(\"BLOB\" blob DEFAULT 'TEXT') -- BLOB", "(\"BLOB\" BYTEA DEFAULT 'TEXT') -- BLOB"),
    ("/* INTEGER */ (blobs bigint)", "/* INTEGER */ (blobs bigint)"),
    ("'it''s a BLOB' BLOB", "'it''s a BLOB' BYTEA"),
  ])
  func translates(_ sqlite: String, _ postgres: String) {
    #expect(Schema.translate(sqlite, for: .postgres) == postgres)
    #expect(Schema.translate(sqlite, for: .sqlite) == sqlite)
  }

  @Test(arguments: [
    ("a=?1 AND b=?12", "a=$1 AND b=$12"), ("'?1' \"?2\" ?3", "'?1' \"?2\" $3"),
    ("-- ?1\n?2 /* ?3 */ ?4", "-- ?1\n$2 /* ?3 */ $4"), ("a ? b", "a ? b"), ("", ""),
    ("'open ?1", "'open ?1"),
    ("ünïcode ?1 🦊", "ünïcode $1 🦊"), ("ANY(?2::bytea[])", "ANY($2::bytea[])"),
  ])
  func numbersPlaceholders(_ sqlite: String, _ postgres: String) {
    #expect(SQLText.numbered(sqlite) == postgres)
  }

  @Test func piecesAddUpToTheText() {
    let parts = ["'", "\"", "--", "\n", "/*", "*/", "?1", "?", "a", "é", " ", "(", "$", "\r\n", "`"]
    let seed = UInt64.random(in: .min ... .max)
    var random = SplitMix(state: seed)
    for _ in 0..<500 {
      let sql = (0..<12).map { _ in parts[Int(random.next() % UInt64(parts.count))] }.joined()
      let joined = SQLText.pieces(of: sql).map { piece in
        switch piece {
        case .word(let text), .placeholder(let text), .verbatim(let text), .other(let text): String(text)
        }
      }.joined()
      #expect(joined == sql, "seed \(seed)")
    }
  }

  @Test(arguments: engines)
  func aTranslatedSchemaIsAccepted(_ engine: Engine) throws {
    let session = try FreshDatabase(engine).session()
    try session.schema(
      """
      CREATE TABLE head (partition INTEGER NOT NULL, name TEXT NOT NULL, data BLOB, at BIGINT,
        PRIMARY KEY (partition, name)) STRICT, WITHOUT ROWID;
      CREATE INDEX head_at ON head (partition, at);
      """.replacing("at BIGINT", with: "at INTEGER"))
    try session.execute(
      "INSERT INTO head VALUES(?1,?2,?3,?4)", [.integer(1), .text("x"), .blob([]), .integer(.max)])
    #expect(try session.query("SELECT at FROM head") { $0.integer(0) } == [.max])
  }
}

/// A generator that a seed repeats.
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
