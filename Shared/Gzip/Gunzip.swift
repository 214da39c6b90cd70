import CZlib

/// Why packed bytes cannot be unpacked.
public enum GzipError: Error, Sendable, Hashable, CustomStringConvertible {
  /// They are no gzip, or were damaged.
  case damaged
  /// They end before their end.
  case truncated
  /// They unpack to more than was allowed.
  case tooLarge(bytesMax: Int)
  /// The library has no memory.
  case noMemory

  public var description: String {
    switch self {
    case .damaged: "the bytes are not gzip, or are damaged"
    case .truncated: "the gzip data ends before its end"
    case .tooLarge(let bytesMax): "the gzip data unpacks to more than \(bytesMax) bytes"
    case .noMemory: "there is no memory to unpack with"
    }
  }
}

/// Unpacks gzip (RFC 1952) piece by piece, members one behind the other as one text.
///
/// It owns one `z_stream`, which zlib allows to be used by one thread at a time: the class is not `Sendable`.
public final class Gunzip {
  /// Bytes that are unpacked at a time.
  private static let pieceBytes = 65_536
  /// zlib: window bits 15, and 16 more for gzip's own header and checksum.
  private static let windowBits: Int32 = 15 + 16

  private let stream: UnsafeMutablePointer<z_stream>
  /// Whether what was taken so far ends where a member ends.
  public private(set) var isComplete = true

  public init() throws(GzipError) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let size = Int32(MemoryLayout<z_stream>.size)
    guard inflateInit2_(stream, Self.windowBits, ZLIB_VERSION, size) == Z_OK else { throw .noMemory }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// Takes the next packed bytes and appends what they unpack to; throws before `unpacked` has more than
  /// `bytesMax` bytes.
  public func take(
    _ packed: ArraySlice<UInt8>, into unpacked: inout [UInt8], bytesMax: Int
  ) throws(GzipError) {
    var piece = [UInt8](repeating: 0, count: Self.pieceBytes)
    var rest = packed
    while !rest.isEmpty {
      if isComplete {
        guard inflateReset(stream) == Z_OK else { throw .damaged }
        isComplete = false
      }
      let (taken, given, isEnd) = try step(rest, &piece)
      guard taken > 0 || given > 0 || isEnd else { throw .damaged }
      guard unpacked.count + given <= bytesMax else { throw .tooLarge(bytesMax: bytesMax) }
      unpacked += piece[..<given]
      rest = rest.dropFirst(taken)
      isComplete = isEnd
      // What the window still holds is asked for before the piece counts as taken.
      if rest.isEmpty, given == Self.pieceBytes, !isEnd {
        try drain(&piece, into: &unpacked, bytesMax: bytesMax)
      }
    }
  }

  private func drain(
    _ piece: inout [UInt8], into unpacked: inout [UInt8], bytesMax: Int
  ) throws(GzipError) {
    while !isComplete {
      let (_, given, isEnd) = try step([], &piece)
      guard unpacked.count + given <= bytesMax else { throw .tooLarge(bytesMax: bytesMax) }
      unpacked += piece[..<given]
      isComplete = isEnd
      if given < Self.pieceBytes { return }
    }
  }

  /// One call of zlib: bytes taken and given, and whether a member has ended.
  private func step(
    _ packed: ArraySlice<UInt8>, _ piece: inout [UInt8]
  ) throws(GzipError) -> (taken: Int, given: Int, isEnd: Bool) {
    var code = Z_OK
    let count = min(packed.count, Int(UInt32.max))
    packed.withUnsafeBufferPointer { input in
      piece.withUnsafeMutableBufferPointer { output in
        // zlib reads the input only, and both are there until it returns.
        stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        stream.pointee.avail_in = UInt32(count)
        stream.pointee.next_out = output.baseAddress
        stream.pointee.avail_out = UInt32(output.count)
        code = inflate(stream, Z_NO_FLUSH)
      }
    }
    let taken = count - Int(stream.pointee.avail_in)
    let given = piece.count - Int(stream.pointee.avail_out)
    switch code {
    case Z_OK, Z_BUF_ERROR: return (taken, given, false)
    case Z_STREAM_END: return (taken, given, true)
    case Z_MEM_ERROR: throw .noMemory
    default: throw .damaged
    }
  }

  /// The whole text of whole packed bytes; throws also where they unpack to more than `bytesMax` bytes.
  public static func unpack(_ packed: ArraySlice<UInt8>, bytesMax: Int) throws(GzipError) -> [UInt8] {
    let gunzip = try Gunzip()
    var unpacked: [UInt8] = []
    try gunzip.take(packed, into: &unpacked, bytesMax: bytesMax)
    guard gunzip.isComplete, !packed.isEmpty else { throw .truncated }
    return unpacked
  }
}
