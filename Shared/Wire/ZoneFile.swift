#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Why a zone could not be had.
public enum ZoneError: Error, Hashable, Sendable, CustomStringConvertible {
  /// No such name in the zone database, or no database on this machine.
  case unknown(String)
  /// The database's file is not TZif version 2 or later (RFC 8536).
  case broken(String, reason: String)

  public var description: String {
    switch self {
    case .unknown(let name): "no time zone \(name) in \(Zone.directory)"
    case .broken(let name, let reason): "the file of time zone \(name) cannot be used: \(reason)"
    }
  }
}

extension Zone {
  /// Where the system keeps the IANA database.
  public static let directory = "/usr/share/zoneinfo"
  /// Longer zone names are refused, in bytes.
  public static let nameBytesMax = 64
  /// Larger files are refused, in bytes (the largest today has about 4,000).
  public static let fileBytesMax = 65_536

  /// Changes further from 1970 than this, in seconds, are not kept.
  static let changeMax: Int64 = 1 << 37

  /// Loads a zone from the system's database, once; `UTC` is built in.
  public init(named name: String) throws(ZoneError) {
    if name == "UTC" {
      self = .utc
      return
    }
    guard Self.isName(name), let file = Self.read("\(Self.directory)/\(name)") else {
      throw .unknown(name)
    }
    try self.init(name: name, file: file)
  }

  /// A name becomes a part of a path, so it must not lead out of the database.
  static func isName(_ name: String) -> Bool {
    let parts = name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    let letters = name.utf8.allSatisfy {
      switch $0 {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "+"): true
      case UInt8(ascii: "-"), UInt8(ascii: "/"): true
      default: false
      }
    }
    return letters && name.utf8.count <= nameBytesMax && parts.allSatisfy { !$0.isEmpty }
  }

  private static func read(_ path: String) -> [UInt8]? {
    guard let file = fopen(path, "rb") else { return nil }
    defer { fclose(file) }
    let bytes = [UInt8](unsafeUninitializedCapacity: fileBytesMax + 1) { buffer, count in
      count = fread(buffer.baseAddress, 1, buffer.count, file)
    }
    return bytes.isEmpty || bytes.count > fileBytesMax ? nil : bytes
  }

  /// Reads TZif (RFC 8536): the second block, with 64-bit times, and the rule after it for later times.
  public init(name: String, file: [UInt8]) throws(ZoneError) {
    var reader = TZifReader(file)
    guard let block = reader.block() else { throw .broken(name, reason: "it is not TZif version 2 or later") }
    let rule = block.footer.isEmpty ? nil : PosixRule(block.footer)
    if rule == nil, !block.footer.isEmpty { throw .broken(name, reason: "an unknown rule for later times") }
    var table = ZoneTable(first: block.first)
    for (start, offset) in block.changes {
      guard start <= Self.changeMax else { throw .broken(name, reason: "a change after the year 6000") }
      // Some compilers begin a table at the big bang.
      if start < -Self.changeMax { table.offsets[0] = offset } else { table.append(start, offset) }
    }
    let horizon = table.extend(by: rule)
    self.init(name: name, starts: table.starts, offsets: table.offsets, horizon: horizon)
  }
}

/// The stretches of a zone while they are put together.
struct ZoneTable {
  var starts: [Int64] = [.min]
  var offsets: [Int32]

  init(first: Int32) { offsets = [first] }

  /// A change that does not move the clock (only the abbreviation, or summer time as such) is left out.
  mutating func append(_ start: Int64, _ offset: Int32) {
    guard offset != offsets[offsets.count - 1] else { return }
    starts.append(start)
    offsets.append(offset)
  }

  /// Lays the rule out for 400 years, after which the calendar repeats; gives the instant of that.
  mutating func extend(by rule: PosixRule?) -> Int64 {
    guard let rule else { return .max }
    let last = starts.count > 1 ? starts[starts.count - 1] : 0
    guard let summer = rule.summer else {
      if starts.count == 1 { append(0, rule.standard) }
      return .max
    }
    let first = Day(number: Int32(Day.floored(last, Day.seconds))).year
    for year in first...(first + 402) {
      let begin = (summer.begin.seconds(in: year) - Int64(rule.standard), summer.offset)
      let end = (summer.end.seconds(in: year) - Int64(summer.offset), rule.standard)
      for change in begin.0 < end.0 ? [begin, end] : [end, begin] where change.0 > last {
        append(change.0, change.1)
      }
    }
    return Int64(Day.number(year: first + 401, month: 1, day: 1)) * Day.seconds
  }
}

/// Reads the parts of a TZif file in their order; every length is checked before it is used.
struct TZifReader {
  private let file: [UInt8]
  private var at = 0

  init(_ file: [UInt8]) { self.file = file }

  struct Block {
    var first: Int32
    var changes: [(start: Int64, offset: Int32)]
    var footer: ArraySlice<UInt8>
  }

  private struct Header {
    var utc, standard, leaps, times, types, letters: Int
    func bytes(perTime: Int) -> Int {
      times * (perTime + 1) + types * 6 + letters + leaps * (perTime + 4) + standard + utc
    }
  }

  mutating func block() -> Block? {
    guard let old = header(), skip(old.bytes(perTime: 4)), let new = header(), new.types > 0 else {
      return nil
    }
    let start = at
    guard skip(new.bytes(perTime: 8)) else { return nil }
    let types = start + new.times * 9
    func offset(_ type: Int) -> Int32? {
      type < new.types ? Int32(truncatingIfNeeded: number(types + type * 6, 4)) : nil
    }
    var changes: [(Int64, Int32)] = []
    for index in 0..<new.times {
      guard let offset = offset(Int(file[start + new.times * 8 + index])) else { return nil }
      changes.append((number(start + index * 8, 8), offset))
    }
    let offsets = (0..<new.types).compactMap(offset)
    guard offsets.allSatisfy({ abs(Int64($0)) <= Zone.offsetMax }),
      zip(changes, changes.dropFirst()).allSatisfy({ $0.0 < $1.0 })
    else { return nil }
    return Block(first: offsets[0], changes: changes, footer: footer())
  }

  private mutating func header() -> Header? {
    let start = at
    guard skip(44), file[start..<start + 4].elementsEqual("TZif".utf8), file[start + 4] >= UInt8(ascii: "2")
    else { return nil }
    let counts = (0..<6).map { Int(number(start + 20 + $0 * 4, 4)) }
    guard counts.allSatisfy({ (0...Zone.fileBytesMax).contains($0) }) else { return nil }
    return Header(
      utc: counts[0], standard: counts[1], leaps: counts[2], times: counts[3], types: counts[4],
      letters: counts[5])
  }

  private mutating func skip(_ count: Int) -> Bool {
    guard count <= file.count - at else { return false }
    at += count
    return true
  }

  /// A signed big-endian number.
  private func number(_ start: Int, _ width: Int) -> Int64 {
    var value: Int64 = file[start] >= 0x80 ? -1 : 0
    for byte in file[start..<start + width] { value = value << 8 | Int64(byte) }
    return value
  }

  /// The text between the two line ends behind the block.
  private func footer() -> ArraySlice<UInt8> {
    guard at < file.count, file[at] == 0x0A, let end = file[(at + 1)...].firstIndex(of: 0x0A) else {
      return []
    }
    return file[(at + 1)..<end]
  }
}
