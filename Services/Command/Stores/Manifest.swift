import Contracts
import Foundation
import Journal
import Storage
import Wire

/// What a backup's folder holds: a file for each store, and how far each store had come.
struct Manifest: Sendable, Equatable {
  /// The file's name in the folder.
  static let name = "manifest.json"
  /// The form of the file; another one is refused.
  private static let form = 1
  /// A longer file is no manifest, in bytes.
  private static let bytesMax = 64 << 20

  /// One service's store.
  struct Store: Sendable, Equatable {
    var service: ServiceName
    /// The name in the folder.
    var file: String
    var bytes: Int64
    /// Of the file, as `sha256sum` gives it.
    var digest: String
    /// By table: rows and their checksum.
    var tables: [String: EntrySum]
    /// nil for the gateway, which keeps no journal.
    var survey: StoreSurvey?
  }

  var engine: Engine
  /// When it was begun, unix microseconds.
  var at: Int64
  var release = Release.version
  var stores: [Store] = []

  func store(of service: ServiceName) -> Store? { stores.first { $0.service == service } }

  var text: [UInt8] {
    JSONWriter.object { writer in
      writer.member("form", Self.form)
      writer.member("engine", engine.rawValue)
      writer.member("at", RFC3339.text(micros: at))
      writer.member("release", release)
      writer.key("stores")
      writer.array { writer in for store in stores { store.write(&writer) } }
    }
  }

  /// Reads the manifest of a folder; throws what is wrong with it.
  init(folder: String) throws {
    guard let data = FileManager.default.contents(atPath: "\(folder)/\(Self.name)") else {
      throw Fault("\(folder) has no \(Self.name)", advice: "name the folder that `laurel backup` made")
    }
    guard data.count <= Self.bytesMax, let tree = try? JSONTree(Array(data)[...]),
      tree["form"].integer == Self.form, let engine = tree["engine"].text.flatMap(Engine.init(rawValue:)),
      let at = tree["at"].text.flatMap({ RFC3339.micros($0.utf8) })
    else {
      throw Fault("\(folder)/\(Self.name) cannot be read", advice: "it is damaged, or of another release")
    }
    self.engine = engine
    self.at = at
    release = tree["release"].text ?? ""
    stores = try tree["stores"].elements.map { element in
      guard let store = Store(element) else { throw Fault("\(folder)/\(Self.name) is damaged") }
      return store
    }
  }

  init(engine: Engine, at: Int64) {
    self.engine = engine
    self.at = at
  }
}

extension Manifest.Store {
  fileprivate func write(_ writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("service", service.rawValue)
      writer.member("file", file)
      writer.member("bytes", bytes)
      writer.member("sha256", digest)
      writer.key("tables")
      writer.object { writer in
        for (name, sum) in tables.sorted(by: { $0.key < $1.key }) {
          writer.key(text: name)
          writer.object { writer in
            writer.member("rows", sum.count)
            writer.member("sum", String(sum.sum, radix: 16))
          }
        }
      }
      if let survey { survey.write(&writer) }
    }
  }

  fileprivate init?(_ tree: JSONTree) {
    guard let service = tree["service"].text.flatMap(ServiceName.init(rawValue:)),
      let file = tree["file"].text,
      !file.contains("/"), let bytes = tree["bytes"].integer, let digest = tree["sha256"].text
    else { return nil }
    var tables: [String: EntrySum] = [:]
    for member in tree["tables"].members {
      guard let rows = member.value["rows"].integer,
        let sum = member.value["sum"].text.flatMap({ UInt64($0, radix: 16) })
      else { return nil }
      tables[member.name] = EntrySum(count: Int64(rows), sum: sum)
    }
    self.init(
      service: service, file: file, bytes: Int64(bytes), digest: digest, tables: tables,
      survey: StoreSurvey(tree, service))
  }
}

extension StoreSurvey {
  /// `"partitions", "incarnation", "heads": {"7": 4711}, "followed": {"7": {"events": {"number", "of"}}}`.
  fileprivate func write(_ writer: inout JSONWriter) {
    writer.member("partitions", partitions)
    writer.member("incarnation", incarnation)
    writer.key("heads")
    writer.object { writer in
      for (partition, head) in heads.sorted(by: { $0.key < $1.key }) {
        writer.member(text: String(partition), head)
      }
    }
    writer.key("followed")
    writer.object { writer in
      for (partition, places) in places.sorted(by: { $0.key < $1.key }) {
        writer.key(text: String(partition))
        writer.object { writer in
          for (journal, place) in places.sorted(by: { $0.key.index < $1.key.index }) {
            writer.key(text: journal.rawValue)
            writer.object { writer in
              writer.member("number", place.number)
              writer.member("of", place.incarnation)
            }
          }
        }
      }
    }
  }

  /// nil where there is none.
  fileprivate init?(_ tree: JSONTree, _ service: ServiceName) {
    guard let partitions = tree["partitions"].integer, let incarnation = tree["incarnation"].text else {
      return nil
    }
    self.init(service: service, partitions: partitions, incarnation: incarnation)
    for member in tree["heads"].members {
      guard let partition = Int(member.name), let head = member.value.integer else { return nil }
      heads[partition] = Int64(head)
    }
    for member in tree["followed"].members {
      guard let partition = Int(member.name) else { return nil }
      for place in member.value.members {
        guard let journal = JournalName(rawValue: place.name), let number = place.value["number"].integer
        else { return nil }
        places[partition, default: [:]][journal] = Place(
          number: Int64(number), incarnation: place.value["of"].text ?? "")
      }
    }
  }
}

extension JSONWriter {
  fileprivate mutating func member(text name: String, _ value: Int64) {
    key(text: name)
    integer(value)
  }
}
