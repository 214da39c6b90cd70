/// Writes compact binary rows: variable-length whole numbers, lengths before bytes.
public struct PackedWriter: Sendable {
  /// What has been written.
  @inlinable public var bytes: [UInt8] { storage }
  @usableFromInline var storage: [UInt8] = []

  @inlinable public init(capacity: Int = 0) { if capacity > 0 { storage.reserveCapacity(capacity) } }

  /// An unsigned number, seven bits a byte, low bits first.
  @inlinable @inline(__always)
  public mutating func unsigned(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      storage.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    storage.append(UInt8(rest))
  }

  /// A count or another number that is never below 0.
  @inlinable @inline(__always)
  public mutating func count(_ value: Int) { unsigned(UInt64(value)) }

  /// A signed number, small magnitudes short (zigzag).
  @inlinable @inline(__always)
  public mutating func signed(_ value: Int64) { unsigned(UInt64(bitPattern: (value << 1) ^ (value >> 63))) }

  @inlinable @inline(__always)
  public mutating func decimal(_ value: Decimal6) { signed(value.millionths) }

  @inlinable
  public mutating func bool(_ value: Bool) { storage.append(value ? 1 : 0) }

  @inlinable
  public mutating func blob(_ value: some Collection<UInt8>) {
    count(value.count)
    storage.append(contentsOf: value)
  }

  @inlinable
  public mutating func text(_ value: String) { blob(value.utf8) }

  /// A presence flag and, if there is one, the value.
  @inlinable
  public mutating func optional<T>(_ value: T?, _ write: (inout PackedWriter, T) -> Void) {
    bool(value != nil)
    if let value { write(&self, value) }
  }

  /// A count and the elements.
  @inlinable
  public mutating func array<T>(_ values: some Collection<T>, _ write: (inout PackedWriter, T) -> Void) {
    count(values.count)
    for value in values { write(&self, value) }
  }
}

/// Why a compact row could not be read.
public struct PackedError: Error, Sendable, CustomStringConvertible {
  public let offset: Int
  public let reason: String
  public var description: String { "\(reason) at byte \(offset)" }

  public init(offset: Int, reason: String) {
    self.offset = offset
    self.reason = reason
  }
}

/// Reads what `PackedWriter` wrote; damaged bytes throw, they never trap.
public struct PackedReader {
  @usableFromInline let bytes: ArraySlice<UInt8>
  @usableFromInline var index: Int

  @inlinable public init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    index = bytes.startIndex
  }

  @inlinable public init(_ bytes: [UInt8]) { self.init(bytes[...]) }

  /// Whether everything was read.
  @inlinable public var isAtEnd: Bool { index == bytes.endIndex }

  @usableFromInline @inline(never) func error(_ reason: String) -> PackedError {
    PackedError(offset: index - bytes.startIndex, reason: reason)
  }

  @inlinable @inline(__always)
  public mutating func unsigned() throws(PackedError) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      guard index < bytes.endIndex, shift < 64 else { throw error("a number does not end") }
      let byte = bytes[index]
      index += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
  }

  /// A count; one that is larger than what is left is refused before anything is allocated.
  @inlinable
  public mutating func count() throws(PackedError) -> Int {
    let value = try unsigned()
    guard value <= UInt64(bytes.endIndex - index) else { throw error("a count is too large") }
    return Int(value)
  }

  /// A number that is never below 0 and is no length.
  @inlinable
  public mutating func number() throws(PackedError) -> Int {
    guard let value = Int(exactly: try unsigned()) else { throw error("a number is too large") }
    return value
  }

  @inlinable @inline(__always)
  public mutating func signed() throws(PackedError) -> Int64 {
    let value = try unsigned()
    return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }

  @inlinable
  public mutating func decimal() throws(PackedError) -> Decimal6 { Decimal6(millionths: try signed()) }

  @inlinable
  public mutating func bool() throws(PackedError) -> Bool { try unsigned() != 0 }

  @inlinable
  public mutating func blob() throws(PackedError) -> ArraySlice<UInt8> {
    let count = try count()
    let slice = bytes[index..<index + count]
    index += count
    return slice
  }

  @inlinable
  public mutating func text() throws(PackedError) -> String { String(decoding: try blob(), as: UTF8.self) }

  @inlinable
  public mutating func optional<T>(
    _ read: (inout PackedReader) throws(PackedError) -> T
  ) throws(PackedError) -> T? {
    try bool() ? try read(&self) : nil
  }

  @inlinable
  public mutating func array<T>(
    _ read: (inout PackedReader) throws(PackedError) -> T
  ) throws(PackedError) -> [T] {
    let count = try count()
    var values: [T] = []
    values.reserveCapacity(count)
    for _ in 0..<count { values.append(try read(&self)) }
    return values
  }
}
