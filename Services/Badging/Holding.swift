import Contracts
import Wire

/// An active award and what it stands on.
struct Holding: Sendable, Equatable {
  let badge: String
  /// Its place among the customer's awards.
  let place: Int
  var grounds: [Ground]
}

extension Holding {
  init(_ reader: inout PackedReader) throws(PackedError) {
    badge = try reader.text()
    place = try reader.number()
    grounds = []
    for _ in 0..<(try reader.count()) { grounds.append(Ground(try Evidence.list(&reader))) }
  }

  func pack(_ writer: inout PackedWriter) {
    writer.text(badge)
    writer.count(place)
    writer.count(grounds.count)
    for ground in grounds { Evidence.pack(ground.facts, &writer) }
  }
}

extension Truth {
  init(_ reader: inout PackedReader) throws(PackedError) {
    comparison = ComparisonName(hash: try reader.unsigned())
    crossing = try reader.signed()
    definitions = try reader.signed()
  }

  func pack(_ writer: inout PackedWriter) {
    writer.unsigned(comparison.hash)
    writer.signed(crossing)
    writer.signed(definitions)
  }
}

extension Evidence {
  static func pack(_ facts: [Evidence], _ writer: inout PackedWriter) {
    writer.count(facts.count)
    for fact in facts {
      switch fact {
      case .crossing(let number):
        writer.unsigned(0)
        writer.signed(number)
      case .occasion(let mission, let occasion):
        writer.unsigned(1)
        writer.text(mission)
        writer.signed(Int64(occasion))
      case .completed(let category, let count):
        writer.unsigned(2)
        writer.text(category)
        writer.count(count)
      }
    }
  }

  static func list(_ reader: inout PackedReader) throws(PackedError) -> [Evidence] {
    var facts: [Evidence] = []
    for _ in 0..<(try reader.count()) { facts.append(try Evidence(&reader)) }
    return facts
  }

  private init(_ reader: inout PackedReader) throws(PackedError) {
    switch try reader.unsigned() {
    case 0: self = .crossing(try reader.signed())
    case 1: self = .occasion(mission: try reader.text(), Int(try reader.signed()))
    case 2: self = .completed(category: try reader.text(), try reader.number())
    default: throw PackedError(offset: 0, reason: "an unknown kind of evidence")
    }
  }
}
