import Storage
import Wire

/// What was fixed when a store was initialised.
public struct Installation: Sendable {
  public let partitions: Int
  /// Tells this store's journals from those of any other.
  public let incarnation: String

  /// The form of the tables; a store of another form is refused.
  static let form = "1"

  /// The name of the table.
  static let table = "installation"
  /// The name of the row that stands while a store is being filled.
  private static let incomplete = "incomplete"

  /// Creates the tables where they are missing, and checks what is there against what is asked for.
  ///
  /// `incarnation` is used only for a new store. Throws a message that says what to do.
  static func open(_ session: Session, service: String, partitions: Int, incarnation: String) throws
    -> Installation
  {
    try Schema.create(session)
    try requireWhole(try Self.values(session))
    let fresh = [
      ("service", service), ("partitions", String(partitions)), ("incarnation", incarnation), ("form", form),
    ]
    for (name, value) in fresh { try insert(session, name, value) }
    let values = try Self.values(session)
    try check(values, service: service, partitions: partitions)
    return Installation(partitions: partitions, incarnation: values["incarnation"] ?? incarnation)
  }

  private static func insert(_ session: Session, _ name: String, _ value: String) throws {
    try session.execute(
      "INSERT INTO installation(name, value) VALUES(?1, ?2) ON CONFLICT DO NOTHING",
      [.text(name), .text(value)])
  }

  /// What is written there, by name.
  static func values(_ session: Session) throws -> [String: String] {
    let rows = try session.query("SELECT name, value FROM installation") { ($0.text(0), $0.text(1)) }
    return Dictionary(rows) { first, _ in first }
  }

  static func markIncomplete(_ session: Session) throws {
    try insert(session, incomplete, "a copy into this store has begun")
  }

  /// Refuses a store that a copy has not filled to its end.
  static func requireWhole(_ values: [String: String]) throws {
    guard values[incomplete] != nil else { return }
    throw WireError.failedPrecondition(
      "this database is being filled by `laurel db copy`, or that was cut short: wait for its end, or begin "
        + "again with an empty database")
  }

  /// The last step of a copy: the store becomes what the source is.
  static func move(from source: Session, to target: Session) throws {
    let values = try Self.values(source)
    try target.transaction { target in
      try target.execute("DELETE FROM installation")
      for (name, value) in values.sorted(by: { $0.key < $1.key }) { try insert(target, name, value) }
    }
  }

  private static func check(_ values: [String: String], service: String, partitions: Int) throws {
    if let stored = values["service"], stored != service {
      throw WireError.failedPrecondition(
        "this database belongs to '\(stored)', not to '\(service)': give each service its own LAUREL_DATABASE"
      )
    }
    if let stored = values["partitions"], stored != String(partitions) {
      throw WireError.failedPrecondition(
        """
        this database was initialised with \(stored) partitions, and LAUREL_PARTITIONS is \(partitions): \
        set LAUREL_PARTITIONS=\(stored), or begin with an empty database; the number is fixed for its life
        """)
    }
    if let stored = values["form"], stored != form {
      throw WireError.failedPrecondition("this database has form \(stored), this program reads form \(form)")
    }
  }
}
