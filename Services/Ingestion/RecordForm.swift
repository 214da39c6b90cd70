import Contracts
import Wire

/// How the records of a source become events: a compiled mapping, its own or the default one of its type.
struct RecordForm: Sendable {
  private let mapping: Mapping

  var name: String { mapping.name }
  var type: String { mapping.type }
  var hasHeader: Bool { mapping.format.hasHeader }
  var format: RecordFormat { mapping.format }
  var isJSON: Bool { mapping.format == .jsonLines }

  init(_ mapping: Mapping) { self.mapping = mapping }

  /// JSON records by the default mapping of a type; throws what is wrong with the name.
  init(defaultOf type: String, name: String, zone: Zone) throws(MappingError) {
    mapping = try Mapping(json: DefaultMapping.text(name: name, type: type, zone: zone.name))
  }

  /// The same for records that are pushed: JSON objects, also where the source's files are none.
  var ofObjects: RecordForm { isJSON ? self : RecordForm(mapping.ofObjects) }

  func reader(header: ArraySlice<UInt8>?) -> RawRecordReader { mapping.reader(header: header) }

  func map(_ record: RawRecord, now: Int64) -> [MappedOutcome] { mapping.map(record, now: now) }

  func isQuiet(at: Int64) -> Bool { mapping.isQuiet(at: at) }
}
