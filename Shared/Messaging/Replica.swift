/// One process of a service as it announces itself (`registry/announce`).
public struct Replica: Sendable, Hashable, Codable {
  /// Where it is reached.
  public struct URLs: Sendable, Hashable, Codable {
    public var rpc: String
    public var bell: String
    public var health: String

    public init(rpc: String, bell: String, health: String) {
      self.rpc = rpc
      self.bell = bell
      self.health = health
    }
  }

  /// Such as `scoring`.
  public var service: String
  /// Unlike all other instances of the service.
  public var instance: String
  public var urls: URLs
  /// The partitions that it owns, as it believes.
  public var partitions: [Int]
  /// The highest of its leases; among two that name one partition the higher wins.
  public var epoch: Int64
  /// The program's version.
  public var version: String

  public init(
    service: String, instance: String, urls: URLs, partitions: [Int] = [], epoch: Int64 = 0,
    version: String = ""
  ) {
    self.service = service
    self.instance = instance
    self.urls = urls
    self.partitions = partitions
    self.epoch = epoch
    self.version = version
  }
}
