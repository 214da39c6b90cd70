import Wire

/// `customer_ids` of a body: each once, in the order in which they stand there.
struct CustomerList: Sendable {
  let all: [String]

  /// Throws a 400 that names the wrong element.
  init(_ body: ObjectText) throws {
    let texts = try body.elements("customer_ids")
    guard (1...GatewayLimits.customersMax).contains(texts.count) else {
      throw Problem.field("customer_ids", "invalid", "has 1 to \(GatewayLimits.customersMax) elements")
    }
    var seen: Set<String> = []
    var all: [String] = []
    for (index, text) in texts.enumerated() {
      var scanner = JSONScanner(text)
      guard let customer = try? scanner.string(), Call.isCustomer(customer) else {
        throw Problem.field("customer_ids[\(index)]", "invalid", "is no id of a customer")
      }
      if seen.insert(customer).inserted { all.append(customer) }
    }
    self.all = all
  }

  /// One call's customers, all of one partition.
  struct Part: Sendable, Equatable {
    let partition: Int
    let customers: [String]
  }

  /// Cut by partition, and where there are too many for one call.
  func parts(_ partition: (String) -> Int) -> [Part] {
    Dictionary(grouping: all, by: partition).sorted { $0.key < $1.key }.flatMap { number, customers in
      stride(from: 0, to: customers.count, by: GatewayLimits.callCustomersMax).map { start in
        let end = min(start + GatewayLimits.callCustomersMax, customers.count)
        return Part(partition: number, customers: Array(customers[start..<end]))
      }
    }
  }
}
