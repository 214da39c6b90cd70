import ArgumentParser
import Contracts
import Foundation
import Storage

/// Where the stores of an installation are: a URL for each service, written as one.
///
/// `{service}` in it stands for the service's name. A SQLite URL without it names a folder.
struct StoreSet: Sendable, Hashable {
  static let sign = "{service}"

  let urls: [ServiceName: DatabaseURL]
  /// As it was written, passwords masked.
  let description: String

  init(_ text: String) throws {
    var template = text
    if !text.contains(Self.sign) {
      guard text.hasPrefix("sqlite:") else {
        throw Fault(
          "one URL is not enough for five stores",
          advice: "write \(Self.sign) in it, as in "
            + "postgres://HOST/laurel_\(Self.sign)")
      }
      template = (text.hasSuffix("/") ? String(text.dropLast()) : text) + "/\(Self.sign).sqlite"
    }
    var urls: [ServiceName: DatabaseURL] = [:]
    for service in ServiceName.allCases {
      do {
        urls[service] = try DatabaseURL(template.replacingOccurrences(of: Self.sign, with: service.rawValue))
      } catch { throw Fault("the URL of the stores cannot be used: \(error.message)") }
    }
    self.urls = urls
    description = urls[.scoring]?.description ?? ""
  }

  /// The URL of a service's store.
  func url(of service: ServiceName) -> DatabaseURL {
    // Every service has one.
    urls[service]!
  }

  var engine: Engine { url(of: .scoring).engine }
}

/// Which stores a subcommand means.
struct StoreOptions: ParsableArguments {
  @OptionGroup var home: HomeOptions

  @Option(
    help: ArgumentHelp(
      "Where the five stores are: sqlite:FOLDER, or a URL with {service} in it (default: LAUREL_STORES, "
        + "else the home's SQLite files).", valueName: "url"))
  var stores: String?

  func set() throws -> StoreSet {
    let environment = ProcessInfo.processInfo.environment
    return try StoreSet(stores ?? environment["LAUREL_STORES"] ?? "sqlite:\(home.folder.path)")
  }
}

/// One store, opened by who looks after it while no service has it.
enum StoreDesk {
  /// Nothing may end a long statement, and a reader may wait while another program works.
  private static var patient: SessionOptions {
    var options = SessionOptions()
    options.idleInTransactionMilliseconds = 0
    options.statementMilliseconds = 0
    options.lockMilliseconds = 0
    return options
  }

  /// Opens a store that services may be using, to read.
  static func reading(_ url: DatabaseURL) throws -> Session {
    var options = patient
    options.readOnly = true
    return try Session.open(url, options)
  }

  /// Opens a store that nobody else may be using; a SQLite file that is missing is made.
  static func alone(_ url: DatabaseURL, service: ServiceName) throws -> Session {
    var options = patient
    options.exclusive = true
    let session = try Session.open(url, options)
    let others = try session.others()
    guard others == 0 else {
      session.close()
      throw Fault(
        "\(url) is in use by \(others) other connections", advice: "stop \(service.rawValue) first")
    }
    return session
  }

  /// Runs a body, whose errors become faults that name the store.
  static func at<Result>(_ service: ServiceName, _ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let error as StorageError {
      throw Fault("\(service.rawValue): \(error.message)")
    }
  }
}
