/// What the gateway keeps to; each with its unit.
enum GatewayLimits {
  /// The largest body of a batch of events, in bytes (16 MB).
  static let batchBytesMax = 16_777_216
  /// The largest body of any other request, in bytes (2 MB: 10,000 ids of customers have room).
  static let bodyBytesMax = 2_097_152
  /// The longest body that is read to its end after it was refused, in bytes (64 MB).
  static let drainBytesMax = 67_108_864
  /// How long one request may take from its first byte to its answer, in milliseconds.
  static let requestMilliseconds = 30_000
  /// What a request keeps back of its time for the read itself when it waits for a position, in milliseconds.
  static let readReserveMilliseconds = 100
  /// A connection on which nothing moves is closed after so long, in milliseconds.
  static let idleMilliseconds = 60_000
  /// How long requests may go on after the gateway was told to stop, in milliseconds.
  static let drainMilliseconds = 10_000
  /// The most elements of a list's page.
  static let pageMax = 1_000
  /// The elements of a list's page when nobody says.
  static let pageDefault = 50
  /// The longest idempotency key, in bytes.
  static let keyBytesMax = 200
  /// The longest request id that is taken over, in bytes.
  static let requestIDBytesMax = 128
  /// The most positions that a token holds.
  static let tokenPositionsMax = 64
  /// The longest token, in bytes of its text.
  static let tokenBytesMax = 6_144
  /// The most events that are pushed in one call.
  static let pushEventsMax = 10_000
  /// The most errors that the answer to a batch lists.
  static let batchErrorsMax = 1_000
  /// The last events that a customer's page shows.
  static let pageEventsMax = 20
  /// The most customers that one request names.
  static let customersMax = 10_000
  /// The most customers that one call to a service names.
  static let callCustomersMax = 1_000
  /// The calls for one request that go on at the same time.
  static let callsAtOnceMax = 8
  /// Entries of a customer that are asked for at once while some are looked for.
  static let scanEntries = 200
  /// Entries of a customer that one request looks at.
  static let scanEntriesMax = 10_000
  /// The pages before this one that a cursor remembers.
  static let cursorPagesMax = 100
  /// The longest customer id, in bytes (domain.md 2).
  static let customerBytesMax = 128
}
