import Testing
import Wire

@testable import Command

@Suite struct KeysTests {
  private let scratch: Scratch
  private let home: HomeFolder

  init() throws {
    scratch = try Scratch()
    home = HomeFolder(scratch.path)
  }

  private func fault(_ body: () async throws -> Void) async -> String {
    do {
      try await body()
      return "nothing"
    } catch { return "\(error)" }
  }

  @Test func aHomeWithoutAKeySaysWhatToDo() async throws {
    let text = await fault { _ = try KeysClient(home: home, http: "127.0.0.1:1") }
    #expect(text.contains("\(home.path)/admin.key cannot be read"))
    #expect(text.contains("laurel up --home \(home.path)"))
  }

  @Test func nobodyThereSaysWhatToDo() async throws {
    _ = try scratch.file("admin.key", "lk_a\n")
    let client = try KeysClient(home: home, http: "127.0.0.1:1")
    let text = await fault { _ = try await client.ask("GET", "/api-keys/") }
    #expect(text.hasPrefix("no gateway answers on 127.0.0.1:1"))
    #expect(!text.contains("lk_a"))
  }

  @Test func theTableShowsEachKey() throws {
    let text =
      #"[{"id":"k-2","name":"shop","role":"source","created_at":"2026-01-01T00:00:00Z"},"#
      + #"{"id":"k-1","name":"C","role":"customer","customer_id":"C-1","revoked_at":"2026-01-02T00:00:00Z"}]"#
    let lines = KeysList.table(try JSONTree(Array(text.utf8)[...]).elements).split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines[1].split(separator: " ") == ["k-2", "shop", "source", "2026-01-01T00:00:00Z"])
    #expect(lines[2].split(separator: " ") == ["k-1", "C", "customer", "C-1", "2026-01-02T00:00:00Z"])
  }

  @Test func theWordsAreUnderstood() throws {
    let make = try Laurel.parseAsRoot([
      "keys", "make", "--name", "n", "--role", "customer", "--customer", "C-1",
    ])
    #expect((make as? KeysMake)?.customer == "C-1")
    #expect((try Laurel.parseAsRoot(["keys", "revoke", "k-3"]) as? KeysRevoke)?.id == "k-3")
    #expect(try Laurel.parseAsRoot(["keys", "list", "--json"]) is KeysList)
    #expect(throws: (any Error).self) { try Laurel.parseAsRoot(["keys", "make", "--name", "n"]) }
  }

  @Test(arguments: ["", "3", "k-", "k-x", "k-1/../..", "K-1"]) func whatIsNoIdIsNotAsked(_ id: String) async {
    let text = await fault { try await (try KeysRevoke.parse(["--home", home.path, "--", id])).run() }
    #expect(text.contains("is no id of a key"))
  }
}
