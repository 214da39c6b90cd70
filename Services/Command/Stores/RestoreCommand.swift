import ArgumentParser
import Contracts
import Foundation
import Journal
import Storage
import Wire

/// `laurel restore`: stores out of a backup's folder.
struct RestoreCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore", abstract: "Puts stores back from a folder that `laurel backup` made.",
    discussion: """
      The services must be stopped. Nothing is written before every file has been checked and all stores \
      would agree: with --only, what is restored must not be behind what the other services have followed. \
      After it: start the services and run `laurel audit`.
      """)

  @Argument(help: "The backup's folder.")
  var folder: String

  @OptionGroup var options: StoreOptions

  @Option(help: ArgumentHelp("Only this service's store; may be repeated.", valueName: "service"))
  var only: [String] = []

  @Flag(help: "Replace stores that are there.")
  var replace = false

  func run() async throws {
    let set = try options.set()
    let manifest = try Manifest(folder: folder)
    let terminal = Terminal()
    let restore = Restore(folder: folder, manifest: manifest, set: set, replaces: replace)
    let services = try only.isEmpty ? manifest.stores.map(\.service) : only.map(Self.service)
    try restore.check(services) { terminal.progress("restore: \($0)") }
    for service in services {
      terminal.progress("restore: \(service.rawValue)")
      try StoreDesk.at(service) { try restore.put(service) }
    }
    terminal.clear()
    let names = services.map(\.rawValue).joined(separator: ", ")
    Terminal.result(
      "restored \(names) as of \(RFC3339.text(micros: manifest.at)) to \(set.description); "
        + "start the services and run `laurel audit`")
  }
}

extension RestoreCommand {
  private static func service(_ name: String) throws -> ServiceName {
    guard let service = ServiceName(rawValue: name) else {
      throw ValidationError(
        "\(name) is none of \(ServiceName.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return service
  }
}

/// A restore: everything is checked before anything is written.
struct Restore {
  let folder: String
  let manifest: Manifest
  let set: StoreSet
  /// Whether stores that are there may be replaced.
  let replaces: Bool

  /// Checks files, targets, and that all stores agree afterwards.
  func check(_ services: [ServiceName], _ progress: (String) -> Void) throws {
    guard manifest.engine == set.engine else {
      throw Fault(
        "the backup is of \(manifest.engine.rawValue), the stores are \(set.engine.rawValue)",
        advice: "restore it where it came from, and move it with `laurel db copy`")
    }
    for service in services {
      progress("checking \(service.rawValue)")
      try checkFile(of: service)
    }
    var surveys = services.compactMap { manifest.store(of: $0)?.survey }
    for service in ServiceName.allCases {
      let present = try StoreDesk.at(service) { try target(service, isReplaced: services.contains(service)) }
      if !services.contains(service), let present { surveys.append(present) }
    }
    let disagreements = StoreSurvey.disagreements(surveys)
    guard disagreements.isEmpty else {
      throw Fault(
        "the services could not go on together: \(disagreements.joined(separator: "; "))",
        advice: "restore all services from one backup (without --only), or take a backup in which they agree")
    }
  }

  private func checkFile(of service: ServiceName) throws {
    guard let store = manifest.store(of: service) else {
      throw Fault("the backup has no store of \(service.rawValue)")
    }
    let found = try FileDigest.of("\(folder)/\(store.file)")
    guard found.digest == store.digest, found.bytes == store.bytes else {
      throw Fault(
        "\(folder)/\(store.file) is damaged: sha256 \(found.digest), written was \(store.digest)",
        advice: "use another backup; nothing was written")
    }
  }

  /// Looks at a store in its place; nil where there is none. Nobody may be using it.
  private func target(_ service: ServiceName, isReplaced: Bool) throws -> StoreSurvey? {
    let url = set.url(of: service)
    if let file = url.file, !StoreFile.exists(file) { return nil }
    let session = try StoreDesk.alone(url, service: service)
    defer { session.close() }
    let isFilled = try StoreCopy.filled(session) != nil
    guard isFilled else { return nil }
    if isReplaced {
      guard replaces else {
        throw Fault(
          "\(url) is not empty", advice: "keep a copy of it and say --replace; nothing was written")
      }
      // It may be in any state: that is why it is replaced.
      return nil
    }
    return service == .gateway ? nil : try StoreSurvey.read(session)
  }

  /// Puts one store into its place.
  func put(_ service: ServiceName) throws {
    guard let store = manifest.store(of: service) else { return }
    let url = set.url(of: service)
    if let file = url.file { return try StoreFile.install("\(folder)/\(store.file)", at: file) }
    try Program.run(
      "pg_restore",
      [
        "--clean", "--if-exists", "--no-owner", "--no-acl", "--single-transaction", "--exit-on-error",
        "--dbname=\(url.programEnvironment["PGDATABASE"] ?? "")", "\(folder)/\(store.file)",
      ], environment: url.programEnvironment)
    let session = try StoreDesk.reading(url)
    defer { session.close() }
    guard try Backup.sums(session) == store.tables else {
      throw Fault("\(url) does not hold what the backup has", advice: "empty the database and restore again")
    }
  }
}
