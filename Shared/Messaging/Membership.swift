/// The links of all services as a value: who owns what, who came, who went.
struct Membership: Sendable {
  struct Service: Sendable {
    var links: [Link] = []
    var owners: [Int: Link] = [:]
  }

  private(set) var services: [String: Service] = [:]

  var links: [Link] { services.values.flatMap(\.links) }
  var replicas: [Replica] { links.map(\.replica) }

  func link(_ service: String, _ instance: String) -> Link? {
    services[service]?.links.first { $0.replica.instance == instance }
  }

  mutating func add(_ link: Link) {
    var service = services[link.replica.service] ?? Service()
    service.links.append(link)
    for partition in link.replica.partitions {
      if let owner = service.owners[partition], owner.replica.epoch >= link.replica.epoch { continue }
      service.owners[partition] = link
    }
    services[link.replica.service] = service
  }
}
