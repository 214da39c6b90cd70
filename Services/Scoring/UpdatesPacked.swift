import Contracts
import Measures
import Wire

extension Updates {
  /// Names of sources once, then the updates.
  func pack(_ writer: inout PackedWriter) {
    var sources: [String] = []
    for update in list where !sources.contains(update.source) { sources.append(update.source) }
    writer.array(sources) { $0.text($1) }
    writer.array(list) { writer, update in
      writer.count(sources.firstIndex(of: update.source) ?? 0)
      update.pack(&writer)
    }
  }

  init(_ reader: inout PackedReader, form: UInt64) throws(PackedError) {
    let sources = try reader.array { (reader) throws(PackedError) in try reader.text() }
    self.init(
      try reader.array { (reader) throws(PackedError) in
        let source = try reader.number()
        guard sources.indices.contains(source) else {
          throw PackedError(offset: 0, reason: "an update without a source")
        }
        return try Update(source: sources[source], &reader, form)
      })
  }
}

extension Update {
  fileprivate func pack(_ writer: inout PackedWriter) {
    writer.signed(Int64(day.number))
    writer.signed(at &- Int64(day.number) &* Day.micros)
    writer.text(id)
    writer.signed(shape)
    writer.array(settings) { $1.pack(&$0) }
    guard isOpening else { return }
    writer.signed(later.amount)
    writer.signed(later.count)
  }

  fileprivate init(source: String, _ reader: inout PackedReader, _ form: UInt64) throws(PackedError) {
    self.source = source
    day = try reader.day()
    at = try reader.signed() &+ Int64(day.number) &* Day.micros
    id = try reader.text()
    shape = try reader.signed()
    settings = try reader.array { (reader) throws(PackedError) in try Setting(&reader, form) }
    if isOpening { later = Money.Sum(amount: try reader.signed(), count: try reader.signed()) }
  }
}

extension Setting {
  fileprivate func pack(_ writer: inout PackedWriter) {
    writer.count(SettingName.plain.firstIndex(of: name) ?? SettingName.plain.count)
    if case .attribute(let text) = name { writer.text(text) }
    switch value {
    case .null: writer.count(0)
    case .bool(let value): writer.count(value ? 2 : 1)
    case .number(let value):
      writer.count(3)
      writer.decimal(value)
    case .text(let value):
      writer.count(4)
      writer.text(value)
    }
  }

  /// Before form 3 the zone was an attribute among others.
  fileprivate init(_ reader: inout PackedReader, _ form: UInt64) throws(PackedError) {
    let plain = form < 3 ? SettingName.plain.dropLast() : SettingName.plain[...]
    let place = try reader.number()
    guard place <= plain.count else { throw PackedError(offset: 0, reason: "an unknown setting") }
    name = place < plain.count ? plain[place] : .named(try reader.text())
    switch try reader.number() {
    case 0: value = .null
    case 1: value = .bool(false)
    case 2: value = .bool(true)
    case 3: value = .number(try reader.decimal())
    case 4: value = .text(try reader.text())
    default: throw PackedError(offset: 0, reason: "an unknown kind of value")
    }
  }
}
