/// A run of frames in wire form: each a flag byte 0, four bytes big-endian length and that many bytes.
///
/// Journal pages are stored and travel as these bytes; iterating gives the payloads without copies.
public struct Frames: Sendable {
  /// All frames with their prefixes, as they travel.
  public private(set) var bytes: [UInt8]
  /// How many frames there are.
  public private(set) var count: Int
  /// The largest payload that was appended one by one, for `check`.
  private var largest = 0

  /// No frames.
  public init() {
    bytes = []
    count = 0
  }

  /// One frame for each payload.
  public init(_ payloads: [[UInt8]]) {
    self.init()
    reserve(bytes: payloads.reduce(0) { $0 + $1.count + Limits.framePrefixBytes })
    for payload in payloads { append(payload) }
  }

  /// Frames from a peer or a store: flags, lengths and limits are checked, the sizes add up exactly.
  ///
  /// Throws `unimplemented` for an unknown flag, `resource_exhausted` over a limit, else `invalid_argument`.
  public init(decoding bytes: [UInt8]) throws(WireError) {
    count = try bytes.withUnsafeBufferPointer { (body) throws(WireError) in
      try FramePrefix.count(in: body, from: 0, framesMax: Limits.framesMax)
    }
    self.bytes = bytes
  }

  init(trusted bytes: [UInt8], count: Int) {
    self.bytes = bytes
    self.count = count
  }

  public var isEmpty: Bool { count == 0 }

  /// Makes room for bytes to come, prefixes included.
  public mutating func reserve(bytes more: Int) { bytes.reserveCapacity(bytes.count + more) }

  /// Appends one frame; a payload over the limit is refused when the frames are sent.
  public mutating func append(_ payload: some Collection<UInt8>) {
    let size = payload.count
    FramePrefix.append(size, to: &bytes)
    bytes.append(contentsOf: payload)
    count += 1
    largest = Swift.max(largest, size)
  }

  /// Appends frames that are in wire form already; the caller knows that they are whole.
  public mutating func append(framed: some Collection<UInt8>, count more: Int) {
    precondition(more >= 0)
    bytes.append(contentsOf: framed)
    count += more
  }

  /// Appends all frames of another run.
  public mutating func append(contentsOf other: Frames) {
    bytes.append(contentsOf: other.bytes)
    count += other.count
    largest = Swift.max(largest, other.largest)
  }

  /// Whether these frames may travel behind a head of `headBytes`; throws `resource_exhausted` if not.
  public func check(headBytes: Int = 0) throws(WireError) {
    if headBytes > Limits.headBytesMax { throw .exhausted("a head is over \(Limits.headBytesMax) bytes") }
    if largest > Limits.frameBytesMax { throw .exhausted("a frame is over \(Limits.frameBytesMax) bytes") }
    if count + 1 > Limits.framesMax { throw .exhausted("a message has over \(Limits.framesMax) frames") }
    if bytes.count + headBytes + Limits.framePrefixBytes > Limits.messageBytesMax {
      throw .exhausted("a message is over \(Limits.messageBytesMax) bytes")
    }
  }
}

extension Frames: Equatable {
  public static func == (left: Frames, right: Frames) -> Bool {
    left.count == right.count && left.bytes == right.bytes
  }
}

extension Frames: Sequence {
  /// Gives each payload as a slice of the whole.
  public struct Iterator: IteratorProtocol, Sendable {
    @usableFromInline let bytes: [UInt8]
    @usableFromInline var index = 0

    @inlinable
    public mutating func next() -> ArraySlice<UInt8>? {
      guard let end = after(index) else { return nil }
      defer { index = end }
      return bytes[index + Limits.framePrefixBytes..<end]
    }

    /// The next `count` frames in wire form, to store or send on; nil and no step when there are fewer.
    public mutating func nextFramed(_ count: Int) -> ArraySlice<UInt8>? {
      var end = index
      for _ in 0..<Swift.max(count, 0) {
        guard let next = after(end) else { return nil }
        end = next
      }
      defer { index = end }
      return bytes[index..<end]
    }

    @inlinable
    func after(_ start: Int) -> Int? {
      let payload = start + Limits.framePrefixBytes
      guard payload <= bytes.count else { return nil }
      var size = 0
      for place in start + 1..<payload { size = size << 8 | Int(bytes[place]) }
      return payload + size <= bytes.count ? payload + size : nil
    }
  }

  public func makeIterator() -> Iterator { Iterator(bytes: bytes) }
  public var underestimatedCount: Int { count }

  /// The first payload.
  public var first: ArraySlice<UInt8>? {
    var frames = makeIterator()
    return frames.next()
  }

  /// All payloads as slices of the whole.
  public func array() -> [ArraySlice<UInt8>] { Array(self) }
}
