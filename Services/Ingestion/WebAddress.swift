import Foundation
import Wire

/// An address of HTTP, taken apart as far as the connector needs it.
struct WebAddress: Sendable, Hashable {
  /// Scheme, host and port: what secrets may be sent to.
  let origin: String
  /// The whole text without its fragment.
  let text: String

  /// nil for what is no absolute address of HTTP.
  init?(_ text: String) {
    guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
      scheme == "http" || scheme == "https", let host = parts.host?.lowercased(), !host.isEmpty
    else { return nil }
    origin = "\(scheme)://\(host):\(parts.port ?? (scheme == "http" ? 80 : 443))"
    self.text = text.split(separator: "#", maxSplits: 1).first.map(String.init) ?? text
  }

  /// What a reference leads to from here (RFC 3986, 5).
  func resolved(_ reference: String) -> WebAddress? {
    URL(string: reference, relativeTo: URL(string: text)).flatMap { WebAddress($0.absoluteString) }
  }

  /// With more parameters behind those that it has.
  func adding(_ parameters: [ConnectionMembers.Pair]) -> WebAddress {
    if parameters.isEmpty { return self }
    let mark = text.contains("?") ? (text.hasSuffix("?") || text.hasSuffix("&") ? "" : "&") : "?"
    return WebAddress(text + mark + Self.form(parameters)) ?? self
  }

  /// For people: without parameters and a user's name, which may be secret.
  var shown: String {
    var shown = String(text.prefix { $0 != "?" })
    guard let slashes = shown.range(of: "://") else { return shown }
    let authority = shown[slashes.upperBound...].prefix { $0 != "/" }
    if let at = authority.lastIndex(of: "@") { shown.removeSubrange(slashes.upperBound...at) }
    return shown
  }

  /// `a=1&b=2`, with what may not stand there as its bytes' hexadecimal digits.
  static func form(_ pairs: [ConnectionMembers.Pair]) -> String {
    pairs.map { "\(encoded($0.name))=\(encoded($0.value))" }.joined(separator: "&")
  }

  private static let digits = Array("0123456789ABCDEF".utf8)

  private static func encoded(_ text: String) -> String {
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      if isPlain(byte) {
        bytes.append(byte)
      } else {
        bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Letters, digits and `-._~` (RFC 3986, 2.3).
  static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
      UInt8(ascii: "~"):
      true
    default: false
    }
  }

  /// The reference of `rel="next"` in the values of `Link` headers.
  static func next(inLinks values: [String]) -> String? {
    for link in values.flatMap({ links($0) }) where link.parameters.contains(where: isNext) {
      return link.target
    }
    return nil
  }

  private static func isNext(_ parameter: Substring) -> Bool {
    let parts = parameter.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
    guard parts.count == 2, parts[0].lowercased() == "rel" else { return false }
    let words = parts[1].trimmingCharacters(in: CharacterSet(charactersIn: "\""))
    return words.lowercased().split(separator: " ").contains("next")
  }

  /// Links stand between commas, which may also be inside of the angle brackets.
  private static func links(_ value: String) -> [(target: String, parameters: [Substring])] {
    var links: [(String, [Substring])] = []
    var rest = Substring(value)
    while let open = rest.firstIndex(of: "<"), let close = rest[open...].firstIndex(of: ">") {
      let target = String(rest[rest.index(after: open)..<close])
      let tail = rest[rest.index(after: close)...]
      let end = tail.firstIndex(of: "<") ?? tail.endIndex
      links.append((target, tail[..<end].split(whereSeparator: { $0 == ";" || $0 == "," })))
      rest = tail[end...]
    }
    return links
  }
}
