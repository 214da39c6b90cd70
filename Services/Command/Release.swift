/// The release that this command belongs to.
enum Release {
  static let version = "0.1.0"
}
