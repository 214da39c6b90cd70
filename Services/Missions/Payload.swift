import Wire

/// Reads the JSON objects of requests; what cannot be read is `invalid_argument` and names the member.
enum Payload {
  typealias Take = (JSONKey, inout JSONScanner) throws -> Void

  /// Shows each member of an object that is the whole text.
  static func read(_ text: ArraySlice<UInt8>?, _ take: Take) throws(WireError) {
    guard let text else { throw .invalid("the payload is missing") }
    do {
      var scanner = JSONScanner(text)
      try members("", &scanner, take)
      try scanner.finish()
    } catch let error as WireError {
      throw error
    } catch {
      throw .invalid("the payload: \(error)", cause: error)
    }
  }

  /// Shows each member of an object inside; an error gets the member's path.
  static func members(_ path: String, _ scanner: inout JSONScanner, _ take: Take) throws {
    do throws(JSONError) {
      try scanner.beginObject()
    } catch {
      throw WireError.invalid(path.isEmpty ? "the payload: \(error)" : "'\(path)': \(error.reason)")
    }
    while let key = try scanner.nextKey() {
      do {
        try take(key, &scanner)
      } catch let error as JSONError {
        throw WireError.invalid("'\(path.isEmpty ? "" : path + ".")\(key)': \(error.reason)", cause: error)
      }
    }
  }

  /// A text that is one of the names of an enumeration.
  static func name<Name: RawRepresentable & CaseIterable>(
    _ field: String, _ scanner: inout JSONScanner
  ) throws -> Name where Name.RawValue == String {
    let text = try scanner.string()
    guard let name = Name(rawValue: text) else {
      let names = Name.allCases.map(\.rawValue).joined(separator: ", ")
      throw WireError.invalid("'\(field)' must be one of \(names)")
    }
    return name
  }
}
