import Testing

/// One rule of the house: where it holds, what offends it, and a proof that it would be noticed.
struct Rule: Sendable, CustomTestStringConvertible {
  let name: String
  /// Shell patterns of paths; a star also passes slashes.
  let files: [String]
  let except: [String]
  let look: Look
  /// A file that offends.
  let planted: Source
  /// A file that is close to offending and does not.
  let innocent: Source

  init(
    _ name: String, in files: [String], except: [String] = [], _ look: Look, planted: (String, String),
    innocent: (String, String)
  ) {
    self.name = name
    self.files = files
    self.except = except
    self.look = look
    self.planted = Source(planted.0, planted.1)
    self.innocent = Source(innocent.0, innocent.1)
  }

  var testDescription: String { name }

  /// The offences in these files, each as `path:line: what`.
  func offences(in sources: [Source]) -> [String] {
    sources.filter(holds).flatMap { source in
      look.find(source).map { "\(source.path):\($0.line): \($0.what)" }
    }
  }

  private func holds(for source: Source) -> Bool {
    files.contains(where: source.fits) && !except.contains(where: source.fits)
  }
}
