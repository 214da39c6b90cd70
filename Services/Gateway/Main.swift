import Foundation
import Hosting
import Logging

@main struct Main {
  static func main() async {
    let (code, output) = await GatewayService.launch(Config.launch())
    if let output { print(output) }
    exit(code)
  }
}
