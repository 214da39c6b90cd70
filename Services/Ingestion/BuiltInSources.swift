import Wire

/// The definitions that every installation begins with.
enum BuiltInSources {
  /// Events that are pushed without naming a source.
  static let push = "push"

  /// Local times are of the operator's zone. In a later release a changed one replaces the untouched old one.
  static var all: [SourceDefinition] {
    let text = RecordForm.ownForm(name: push, type: "custom")
    return [
      SourceDefinition(
        sourceName: push, sourceType: "custom", mapping: String(decoding: text, as: UTF8.self),
        origin: .default)
    ]
  }
}
