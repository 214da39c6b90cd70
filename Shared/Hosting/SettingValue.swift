import Foundation
import Wire

/// Reading one raw value as what its setting may be.
enum SettingValue {
  /// What is stored for the raw text, or nil when it is not allowed.
  static func accepted(_ raw: String, _ kind: Setting.Kind) -> String? {
    switch kind {
    case .text, .list: raw
    case .path: raw.contains("\0") ? nil : raw
    case .integer(let range): Int(raw).flatMap { range.contains($0) ? String($0) : nil }
    case .boolean: truth(raw).map { $0 ? "true" : "false" }
    case .choice(let words): words.contains(raw) ? raw : nil
    case .zone: (try? Zone(named: raw)) == nil ? nil : raw
    }
  }

  static func truth(_ raw: String) -> Bool? {
    switch raw.lowercased() {
    case "true", "yes", "on", "1": true
    case "false", "no", "off", "0": false
    default: nil
    }
  }

  /// `{NAME}` replaced by the value of a setting that is known by now.
  static func expanded(_ text: String, _ known: [String: Settings.Value]) -> String {
    guard text.contains("{") else { return text }
    return known.reduce(text) { $0.replacing("{\($1.key)}", with: $1.value.text) }
  }

  /// What may be printed: no secrets, and no password inside an address.
  static func shown(_ text: String, secret: Bool) -> String {
    if text.isEmpty { return "" }
    return secret ? mask : withoutPassword(text)
  }

  static let mask = "********"

  /// `postgres://user:secret@host` shows as `postgres://user:********@host`.
  static func withoutPassword(_ text: String) -> String {
    guard let scheme = text.range(of: "://") else { return text }
    let end = text[scheme.upperBound...].firstIndex(of: "/") ?? text.endIndex
    let authority = text[scheme.upperBound..<end]
    guard let at = authority.lastIndex(of: "@"), let colon = authority[..<at].firstIndex(of: ":") else {
      return text
    }
    return text[...colon] + mask + text[at...]
  }
}
