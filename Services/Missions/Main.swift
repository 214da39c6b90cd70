import Foundation

@main struct Main {
  static func main() async {
    let code = await MissionsService.service.launch(
      words: Config.words, environment: Config.environment, version: Config.version)
    exit(code)
  }
}
