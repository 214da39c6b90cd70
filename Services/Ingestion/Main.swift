import Foundation

@main struct Main {
  static func main() async {
    let code = await IngestionService.service.launch(
      words: Config.words, environment: Config.environment, version: Config.version)
    exit(code)
  }
}
