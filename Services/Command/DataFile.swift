import Foundation

/// A file of records, read from its beginning to its end in pieces.
struct DataFile {
  /// How much is read at a time, in bytes.
  static let pieceBytes = 1_048_576

  /// What a file compressed by gzip begins with (RFC 1952, 2.3.1).
  private static let gzipMark: [UInt8] = [0x1F, 0x8B]

  let path: String
  /// In bytes.
  let size: Int
  private(set) var bytesRead = 0
  /// The record that names the columns, once it was read.
  private(set) var header: ArraySlice<UInt8>?
  private let handle: FileHandle
  private var cutter: RecordCutter
  private var isAtEnd = false

  /// Opens it; a header is read at once.
  init(_ path: String, _ format: SourceFile.Format) throws {
    guard let handle = FileHandle(forReadingAtPath: path) else {
      throw Fault("\(path) cannot be read", advice: "check its name and permissions")
    }
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
      throw Fault("\(path) is a folder", advice: "name the files in it")
    }
    self.path = path
    size = Self.size(path)
    self.handle = handle
    cutter = RecordCutter(format)
    if format.isCSV, format.hasHeader {
      header = try next()
      if header == nil {
        throw Fault("\(path) is empty", advice: "a CSV file with header has at least one line")
      }
    }
  }

  /// A file's bytes; 0 where there is none.
  static func size(_ path: String) -> Int {
    (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
  }

  /// The next record; nil at the end.
  mutating func next() throws -> ArraySlice<UInt8>? {
    while true {
      if let record = cutter.next() { return record }
      if isAtEnd { return nil }
      let piece: Data
      do { piece = try handle.read(upToCount: Self.pieceBytes) ?? Data() } catch {
        throw Fault("\(path) cannot be read further", advice: "it is at byte \(bytesRead)")
      }
      if bytesRead == 0, piece.starts(with: Self.gzipMark) {
        throw Fault("\(path) is compressed", advice: "unpack it with gunzip first")
      }
      bytesRead += piece.count
      if piece.isEmpty {
        cutter.finish()
        isAtEnd = true
      } else {
        cutter.append(piece)
      }
    }
  }

  /// The next records that travel together; nil at the end.
  mutating func chunk(from: Int) throws -> Chunk? {
    var chunk = Chunk(from: from)
    while !chunk.isFull, let record = try next() { chunk.append(record) }
    return chunk.isEmpty ? nil : chunk
  }
}
