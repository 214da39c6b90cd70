/// What a request is known by in every service and log line.
struct RequestIdentity: Sendable, Equatable {
  let id: String
  /// W3C trace context.
  let traceparent: String

  /// Takes over what the client gave, and makes what is missing or cannot be.
  init(
    id: String?, traceparent: String?, random: inout some RandomNumberGenerator
  ) {
    if let id, Self.isID(id) { self.id = id } else { self.id = Self.uuid(&random) }
    if let traceparent, Self.isTrace(traceparent) {
      self.traceparent = traceparent
    } else {
      let trace = Self.hex(&random) + Self.hex(&random)
      self.traceparent = "00-\(trace)-\(Self.hex(&random))-01"
    }
  }

  private static func isID(_ text: String) -> Bool {
    (1...GatewayLimits.requestIDBytesMax).contains(text.utf8.count)
      && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
  }

  /// `00-<32 hex>-<16 hex>-<2 hex>`, neither of the ids zero (W3C Trace Context 1, 3.2.2).
  private static func isTrace(_ text: String) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 4, parts.map(\.utf8.count) == [2, 32, 16, 2], parts[0] == "00" else { return false }
    let isHex = parts.allSatisfy { part in
      part.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
    return isHex && parts[1].contains { $0 != "0" } && parts[2].contains { $0 != "0" }
  }

  /// A random UUID (RFC 9562, version 4).
  static func uuid(_ random: inout some RandomNumberGenerator) -> String {
    var text = Array(hex(&random) + hex(&random))
    text[12] = "4"
    text[16] = ["8", "9", "a", "b"][Int(random.next() & 3)]
    for place in [20, 16, 12, 8] { text.insert("-", at: place) }
    return String(text)
  }

  /// 16 digits, not all zero.
  private static func hex(_ random: inout some RandomNumberGenerator) -> String {
    let digits = String(random.next(upperBound: UInt64.max) + 1, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
