import Synchronization

/// The zones in which customers live, by their IANA names, and the operator's, in which everybody else does.
///
/// The database of zones is a constant of the machine: the same name always gives the same zone, and each is
/// read once.
public struct Zones: Sendable {
  /// The operator's.
  public let usual: Zone
  private let memory = Memory()

  /// Names without a zone that are remembered, so that a wrong one is not looked for again and again.
  static let strangersMax = 1_000

  private final class Memory: Sendable {
    let zones = Mutex<[String: Zone]>([:])
    let strangers = Mutex<Set<String>>([])
  }

  public init(usual: Zone) { self.usual = usual }

  /// The zone of a name; nil where the database has none of it.
  public subscript(_ name: String) -> Zone? {
    if name == usual.name { return usual }
    if let known = memory.zones.withLock({ $0[name] }) { return known }
    if memory.strangers.withLock({ $0.contains(name) }) { return nil }
    guard let zone = try? Zone(named: name) else {
      memory.strangers.withLock { if $0.count < Self.strangersMax { $0.insert(name) } }
      return nil
    }
    memory.zones.withLock { $0[name] = zone }
    return zone
  }
}
