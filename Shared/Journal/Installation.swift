import Storage
import Wire

/// What was fixed when a store was initialised.
public struct Installation: Sendable {
  public let partitions: Int
  /// Tells this store's journals from those of any other.
  public let incarnation: String

  /// The form of the tables; a store of another form is refused.
  static let form = "1"

  /// Creates the tables where they are missing, and checks what is there against what is asked for.
  ///
  /// `incarnation` is used only for a new store. Throws a message that says what to do.
  static func open(_ session: Session, service: String, partitions: Int, incarnation: String) throws
    -> Installation
  {
    try Schema.create(session)
    let fresh = [
      ("service", service), ("partitions", String(partitions)), ("incarnation", incarnation), ("form", form),
    ]
    for (name, value) in fresh {
      try session.execute(
        "INSERT INTO installation(name, value) VALUES(?1, ?2) ON CONFLICT DO NOTHING",
        [.text(name), .text(value)])
    }
    let rows = try session.query("SELECT name, value FROM installation") { ($0.text(0), $0.text(1)) }
    let values = Dictionary(rows) { first, _ in first }
    try check(values, service: service, partitions: partitions)
    return Installation(partitions: partitions, incarnation: values["incarnation"] ?? incarnation)
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
