import Contracts
import Wire

/// The templates that this release brings (domain.md 5), kept as JSON beside this file.
enum TemplateDefaults {
  /// Each default's JSON text.
  static let texts: [[UInt8]] = elements(PackageResources.templates_json)

  /// The elements of a JSON array; what is no array has none, and a test reads every default.
  static func elements(_ text: [UInt8]) -> [[UInt8]] {
    var scanner = JSONScanner(text)
    var found: [[UInt8]] = []
    do throws(JSONError) {
      try scanner.beginArray()
      while try scanner.nextElement() { found.append(Array(try scanner.skip())) }
      try scanner.finish()
      return found
    } catch {
      return []
    }
  }
}
