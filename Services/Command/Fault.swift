import Wire

/// Why a subcommand ends with exit code 1: one line that says what went wrong and what to do about it.
struct Fault: Error, CustomStringConvertible, Sendable {
  let what: String
  let advice: String

  init(_ what: String, advice: String = "") {
    self.what = what
    self.advice = advice
  }

  /// An answer of a service, said in one line.
  init(_ doing: String, _ error: WireError, advice: String = "") {
    self.init("\(doing): \(error.message) (\(error.status))", advice: advice)
  }

  var description: String {
    let text = advice.isEmpty ? what : "\(what); \(advice)"
    return text.split(whereSeparator: \.isNewline).joined(separator: " ")
  }
}
