import ArgumentParser
import Contracts
import Foundation
import Wire

/// `laurel sources`: what comes in by itself.
struct SourcesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sources", abstract: "Defines sources, runs their connectors and shows how they do.",
    discussion: "compose/examples/connectors has one example for each kind of connection.",
    subcommands: [Put.self, Run.self, Show.self], defaultSubcommand: Show.self)

  /// `laurel sources put FILE.yaml ...`.
  struct Put: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Defines the sources of YAML or JSON files, or changes them.")

    @OptionGroup var options: HomeOptions
    @Argument(help: ArgumentHelp("The files.", valueName: "file.yaml"))
    var files: [String]

    func run() async throws {
      let texts = try files.map { try Self.json($0) }
      try await Cluster.with(options.folder) { cluster in
        for (file, text) in zip(files, texts) {
          let payload = JSONWriter.object { $0.member("definition", raw: text) }
          let reply: JSONTree
          do throws(WireError) {
            let answer = try await cluster.call(
              .ingestion, Method.putSource, partition: cluster.partitions, Frames([payload]))
            reply = try Cluster.tree(answer, Method.putSource)
          } catch { throw Fault("\(file) is refused", error) }
          let isNew = reply["changed"] == .bool(true)
          Terminal.result(
            "\(reply["source_name"].shown) \(isNew ? "is defined" : "was so already"), "
              + "version \(reply["version"].shown)")
        }
      }
    }

    private static func json(_ path: String) throws -> [UInt8] {
      guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
        throw Fault("\(path) cannot be read")
      }
      do { return try YAMLText.json(text) } catch { throw Fault("\(path) is no source: \(error)") }
    }
  }

  /// `laurel sources run NAME`.
  struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Runs a source's connector now, to its end.")

    @OptionGroup var options: HomeOptions
    @Argument(help: "The source's name.")
    var source: String

    func run() async throws {
      let read = try await Cluster.with(options.folder) { try await ServiceJob.sync(source, $0) }
      Terminal.result("\(read.grouped) records were read")
    }
  }

  /// `laurel sources`.
  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Shows the sources.")

    @OptionGroup var options: HomeOptions

    func run() async throws {
      Terminal.result(try await Cluster.with(options.folder) { try await StatusSources($0) }.text)
    }
  }
}
