import ArgumentParser
import Wire

/// `laurel keys`: who may come in over HTTP.
struct KeysCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keys", abstract: "Makes, lists and revokes the keys of the HTTP API.",
    discussion: """
      The services must be up. The first key, admin.key in the home folder, makes the others; it is not \
      among them.
      """,
    subcommands: [KeysMake.self, KeysList.self, KeysRevoke.self])
}

/// Where the keys are asked for.
struct KeysOptions: ParsableArguments {
  @OptionGroup var home: HomeOptions

  @Option(
    help: ArgumentHelp(
      "Where the gateway listens (default: LAUREL_HTTP, else 127.0.0.1:8080).", valueName: "host:port"))
  var http: String?

  @Flag(help: "Print the result as JSON.")
  var json = false

  var client: KeysClient { get throws { try KeysClient(home: home.folder, http: http) } }
}

/// `laurel keys make`
struct KeysMake: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "make", abstract: "Makes a key and shows it, this once.")

  @OptionGroup var options: KeysOptions

  @Option(help: "What people know it by.")
  var name: String

  @Option(help: "viewer (reads), operator, source (sends events), customer or admin.")
  var role: String

  @Option(help: "The customer's id, for the role customer.")
  var customer: String?

  func run() async throws {
    let body = JSONWriter.object { writer in
      writer.member("name", name)
      writer.member("role", role)
      writer.member("customer_id", optional: customer)
    }
    let made = try await options.client.ask("POST", "/api-keys/", body: body)
    Terminal.result(options.json ? made.shown : made["key"].text ?? "")
  }
}

/// `laurel keys list`
struct KeysList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists the keys, the newest first, revoked ones too.")

  @OptionGroup var options: KeysOptions

  func run() async throws {
    let list = try await options.client.ask("GET", "/api-keys/?limit=1000")
    Terminal.result(options.json ? list.shown : Self.table(list["results"].elements))
  }

  static func table(_ keys: [JSONTree]) -> String {
    var table = TextTable(["id", "name", "role", "customer", "created", "revoked"])
    for key in keys {
      table.add(
        ["id", "name", "role", "customer_id", "created_at", "revoked_at"].map { key[$0].text ?? "" })
    }
    return table.text
  }
}

/// `laurel keys revoke`
struct KeysRevoke: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke", abstract: "Takes a key out of force, at once.")

  @OptionGroup var options: KeysOptions

  @Argument(help: "The key's id, such as k-3.")
  var id: String

  func run() async throws {
    guard id.wholeMatch(of: /k-[0-9]+/) != nil else {
      throw Fault("\(id) is no id of a key", advice: "see `laurel keys list`")
    }
    let key = try await options.client.ask("DELETE", "/api-keys/\(id)/")
    Terminal.result(options.json ? key.shown : "revoked \(id) at \(key["revoked_at"].text ?? "")")
  }
}
