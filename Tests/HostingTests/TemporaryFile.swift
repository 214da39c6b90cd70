import Foundation

/// A file in a folder of its own, gone with `remove`.
struct TemporaryFile {
  let path: String
  private let folder: URL

  init(_ name: String, _ text: String) throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "laurel-hosting-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let file = folder.appending(path: name)
    try Data(text.utf8).write(to: file)
    path = file.path
  }

  func remove() { try? FileManager.default.removeItem(at: folder) }
}
