import Wire

/// Reads one time along a pattern's parts, without making anything on the heap.
struct TimeReader {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var at = 0
  private var year = 1970
  private var month = 1
  private var day = 1
  private var dayOfYear: Int?
  private var hour = 0
  private var afternoon: Bool?
  private var minute = 0
  private var second = 0
  private var fraction = 0
  private var offset: Int?

  /// nil when the text does not follow the parts, or names a date or time that does not exist.
  static func micros(_ text: ArraySlice<UInt8>, _ tokens: [TimeToken], zone: Zone) -> Int64? {
    text.withUnsafeBufferPointer { bytes in
      var reader = TimeReader(bytes: bytes)
      for token in tokens where !reader.take(token) { return nil }
      return reader.at == bytes.count ? reader.instant(zone) : nil
    }
  }

  private init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  private func instant(_ zone: Zone) -> Int64? {
    var date = Day(year: year, month: month, day: day)
    if let dayOfYear {
      guard dayOfYear <= (Day.isLeap(year) ? 366 : 365) else { return nil }
      date = Day(year: year, month: 1, day: 1).map { $0 + (dayOfYear - 1) }
    }
    let hour = afternoon.map { self.hour % 12 + ($0 ? 12 : 0) } ?? self.hour
    guard let date,
      let local = LocalTime(day: date, hour: hour, minute: minute, second: second, micros: fraction)
    else { return nil }
    guard let offset else { return zone.micros(local: local.micros) }
    return local.micros - Int64(offset) * 1_000_000
  }

  private mutating func take(_ token: TimeToken) -> Bool {
    switch token {
    case .literal(let byte): return take(byte)
    case .space: return takeSpaces()
    case .year: return number(4, 4) { $0.year = $1 }
    case .yearOfCentury: return number(2, 2) { $0.year = $1 < 69 ? 2_000 + $1 : 1_900 + $1 }
    case .month: return number(1, 2) { $0.month = $1 }
    case .monthName: return name(Self.months) { $0.month = $1 + 1 }
    case .day:
      _ = takeSpaces()  // %e and C's %d pad with one
      return number(1, 2) { $0.day = $1 }
    case .dayOfYear: return number(1, 3, from: 1) { $0.dayOfYear = $1 }
    case .weekdayName: return name(Self.weekdays) { _, _ in }
    case .hour24: return number(1, 2) { $0.hour = $1 }
    case .hour12: return number(1, 2, from: 1, to: 12) { $0.hour = $1 }
    case .half: return name(Self.halves) { $0.afternoon = $1 == 1 }
    case .minute: return number(1, 2) { $0.minute = $1 }
    case .second: return number(1, 2) { $0.second = $1 }
    case .fraction: return takeFraction()
    case .offset: return takeOffset()
    case .zoneName: return name(Self.zones) { reader, _ in reader.offset = 0 }
    }
  }

  @inline(__always)
  private mutating func take(_ byte: UInt8) -> Bool {
    guard at < bytes.count, bytes[at] == byte else { return false }
    at += 1
    return true
  }

  private mutating func takeSpaces() -> Bool {
    let start = at
    while at < bytes.count, bytes[at] == 0x20 || bytes[at] == 0x09 { at += 1 }
    return at > start
  }

  @inline(__always)
  private mutating func digit() -> Int? {
    guard at < bytes.count, bytes[at] >= 0x30, bytes[at] <= 0x39 else { return nil }
    at += 1
    return Int(bytes[at - 1] - 0x30)
  }

  @inline(__always)
  private mutating func number(
    _ digitsMin: Int, _ digitsMax: Int, from low: Int = 0, to high: Int = 9_999,
    _ set: (inout TimeReader, Int) -> Void
  ) -> Bool {
    var value = 0
    var digits = 0
    while digits < digitsMax, let digit = digit() {
      value = value * 10 + digit
      digits += 1
    }
    guard digits >= digitsMin, value >= low, value <= high else { return false }
    set(&self, value)
    return true
  }

  /// One to nine places; those past the sixth are cut.
  private mutating func takeFraction() -> Bool {
    var places = 0
    while places < 9, let digit = digit() {
      if places < 6 { fraction = fraction * 10 + digit }
      places += 1
    }
    guard places > 0 else { return false }
    for _ in min(places, 6)..<6 { fraction *= 10 }
    return true
  }

  private mutating func takeOffset() -> Bool {
    if take(UInt8(ascii: "Z")) || take(UInt8(ascii: "z")) {
      offset = 0
      return true
    }
    let west = take(UInt8(ascii: "-"))
    guard west || take(UInt8(ascii: "+")) else { return false }
    var hours = 0
    var minutes = 0
    guard number(2, 2, to: 23, { hours = $1 }) else { return false }
    _ = take(UInt8(ascii: ":"))
    guard number(2, 2, to: 59, { minutes = $1 }) else { return false }
    offset = (west ? -1 : 1) * (hours * 3_600 + minutes * 60)
    return true
  }

  /// One of the names, in any case: its first letters, and then the rest of them or none.
  private mutating func name(_ names: [TimeName], _ set: (inout TimeReader, Int) -> Void) -> Bool {
    for (index, name) in names.enumerated() where name.begins(bytes, at) {
      at += name.headBytes
      if name.continues(bytes, at) { at += name.rest.count }
      set(&self, index)
      return true
    }
    return false
  }

  private static let months = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december",
  ].map(TimeName.init)
  private static let weekdays = [
    "sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday",
  ].map(TimeName.init)
  private static let halves = ["am", "pm"].map(TimeName.init)
  private static let zones = ["utc", "gmt", "z"].map(TimeName.init)
}

/// A month, weekday or the like, in lower case; of a long name the first three letters are its short form.
private struct TimeName: Sendable {
  private static let headMax = 3

  let headBytes: Int
  private let head: UInt32
  let rest: [UInt8]

  init(_ name: String) {
    let letters = Array(name.utf8)
    headBytes = min(letters.count, Self.headMax)
    head = letters[..<headBytes].reduce(0) { $0 << 8 | UInt32($1) }
    rest = Array(letters[headBytes...])
  }

  @inline(__always)
  func begins(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> Bool {
    guard at + headBytes <= bytes.count else { return false }
    var found: UInt32 = 0
    for index in at..<at + headBytes { found = found << 8 | UInt32(bytes[index] | 0x20) }
    return found == head
  }

  func continues(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> Bool {
    guard at + rest.count <= bytes.count else { return false }
    for (index, letter) in rest.enumerated() where bytes[at + index] | 0x20 != letter { return false }
    return true
  }
}
