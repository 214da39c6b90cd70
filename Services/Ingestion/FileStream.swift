import Gzip
import Wire

/// The content of an open file from its beginning to where it ended when it was opened: its bytes, or what
/// they unpack to where they are gzip.
struct FileStream {
  /// Bytes that are read at once; of a packed file fewer, since they unpack to more.
  private static let pieceBytes: Int64 = 1_048_576
  private static let packedBytes: Int64 = 65_536
  /// So many bytes can a packed piece give: gzip packs no more than a thousand to one.
  private static let unpackedBytesMax = 128 * 1_048_576
  private static let gzipMark: [UInt8] = [0x1F, 0x8B]

  private let file: FileDescriptor
  /// Bytes of the file that are read; what is written behind them is for the next run.
  private let size: Int64
  let isPacked: Bool
  private var gunzip: Gunzip?
  /// Bytes of the file that were read.
  private(set) var stored: Int64 = 0
  /// Bytes of the content that were given.
  private(set) var offset: Int64 = 0
  /// Content that was unpacked and not given.
  private var left: ArraySlice<UInt8> = []

  /// Of the file's first `size` bytes.
  init(_ file: FileDescriptor, size: Int64) throws(FileProblem) {
    self.file = file
    self.size = size
    isPacked = try Self.isPacked(file)
  }

  static func isPacked(_ file: FileDescriptor) throws(FileProblem) -> Bool {
    try file.read(at: 0, count: 2) == gzipMark
  }

  /// Whether the content can have so many bytes; a packed file is not looked into.
  func mayHold(_ bytes: Int64) -> Bool { isPacked || bytes <= size }

  /// The next bytes; none at the end.
  mutating func next() throws(FileProblem) -> ArraySlice<UInt8> {
    _ = try hasMore()
    defer { left = [] }
    offset += Int64(left.count)
    return left
  }

  mutating func hasMore() throws(FileProblem) -> Bool {
    if left.isEmpty { left = try isPacked ? unpacked() : plain()[...] }
    return !left.isEmpty
  }

  private mutating func plain() throws(FileProblem) -> [UInt8] {
    guard stored < size else { return [] }
    let piece = try file.read(at: stored, count: Int(min(Self.pieceBytes, size - stored)))
    stored += Int64(piece.count)
    return piece
  }

  private mutating func unpacked() throws(FileProblem) -> ArraySlice<UInt8> {
    do {
      let gunzip = try gunzip ?? Gunzip()
      self.gunzip = gunzip
      var content: [UInt8] = []
      while content.isEmpty, stored < size {
        let piece = try file.read(at: stored, count: Int(min(Self.packedBytes, size - stored)))
        if piece.isEmpty { break }
        stored += Int64(piece.count)
        try gunzip.take(piece[...], into: &content, bytesMax: Self.unpackedBytesMax)
      }
      // A file that is still being written ends in the middle; what it holds so far was given.
      if content.isEmpty, !gunzip.isComplete { throw GzipError.truncated }
      return content[...]
    } catch let error as FileProblem {
      throw error
    } catch {
      throw FileProblem("'\(file.path)' cannot be unpacked: \(error)")
    }
  }

  /// Goes back to the beginning.
  mutating func rewind() { (stored, offset, left, gunzip) = (0, 0, [], nil) }

  /// Goes on to a place of the content, showing what lies before it; false if the content is shorter.
  mutating func advance(
    to place: Int64, _ pass: (ArraySlice<UInt8>) -> Void
  ) throws(FileProblem) -> Bool {
    while offset < place {
      let piece = try next()
      if piece.isEmpty { return false }
      let excess = Int(max(0, offset - place))
      left = piece.suffix(excess)
      offset -= Int64(excess)
      pass(piece.dropLast(excess))
    }
    return true
  }
}
