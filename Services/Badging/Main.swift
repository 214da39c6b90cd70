import Foundation

@main struct Main {
  static func main() async {
    let (code, output) = await BadgingService.service.launch(
      words: Config.words, environment: Config.environment, version: Config.version)
    if let output { print(output) }
    exit(code)
  }
}
