import Hummingbird
import Crypto
@main struct Main { static func main() {} }
