import Contracts
import Foundation
import Wire

/// Writes one feed's files, and what is in every real one: late records, lines that come twice, broken ones
/// and corrections.
///
/// It holds no more than a buffer of lines; they are put in order of time before they are written, so that a
/// day of few customers is in order as a whole and one of many in pieces, as if from several collectors.
struct FeedWriter {
  /// Shares of records.
  static let lateShare = 0.02
  static let duplicateShare = 0.005
  static let brokenShare = 0.002
  /// The later the rarer: four of five late records are at most three days late.
  static let lateDaysMax = 30
  /// Of calls, messages and sessions, and of recharges and bundles, so many are taken back.
  private static let voidShare = 0.001
  private static let refundShare = 0.006
  /// Lines are written when there are so many bytes of them.
  private static let bufferBytes = 1 << 20

  private struct Line {
    let at: Int64
    let bytes: Range<Int>
  }

  let feed: Feed
  let folder: String
  private(set) var counts = FeedCounts()
  private let line: FeedLine
  private var buffer: [UInt8] = []
  private var lines: [Line] = []
  private var file: FileHandle?

  init(_ feed: Feed, in top: String) throws {
    self.feed = feed
    folder = top + "/" + feed.rawValue
    line = FeedLine(feed: feed)
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch { throw Fault("\(folder) cannot be made", advice: "name a folder that you may write") }
  }

  /// Begins the file of a day.
  mutating func open(_ day: Day) throws {
    let path = folder + "/" + feed.file(of: day)
    guard FileManager.default.createFile(atPath: path, contents: nil),
      let file = FileHandle(forWritingAtPath: path)
    else { throw Fault("\(path) cannot be written", advice: "check the permissions and the free space") }
    self.file = file
    counts.files += 1
    if let header = feed.header { try put(Array((header + "\n").utf8)) }
  }

  mutating func close() throws {
    try flush()
    try file?.close()
    file = nil
  }

  /// Writes `manifest.json` beside the files.
  func finish() throws {
    var writer = JSONWriter()
    counts.write(&writer)
    let path = folder + "/manifest.json"
    guard FileManager.default.createFile(atPath: path, contents: Data(writer.bytes + [0x0A])) else {
      throw Fault("\(path) cannot be written", advice: "check the free space")
    }
  }

  /// A customer's records of the day.
  mutating func write(_ day: SubscriberDay) throws {
    let records = day.records(feed)
    guard !records.isEmpty else { return }
    var random = SplitMix64(seed: day.subscriber.seed, day.subscriber.number, day.day.index, -2 - feed.number)
    var ids = RecordIDs(day)
    for record in records {
      let id = ids.next()
      let written = delayed(record, day, &random)
      if written.at < day.day.start { counts.late += 1 }
      add(written, id, day, arrives: record.at)
      if let type = record.type {
        count(type)
        flaw(written, id, day, arrives: record.at, &ids, &random)
      } else {
        counts.skipped += 1
      }
    }
    if buffer.count >= Self.bufferBytes { try flush() }
  }

  private mutating func count(_ type: EventType) {
    counts.accepted += 1
    counts.events[type, default: 0] += 1
  }

  /// What else is written because of an accepted record.
  private mutating func flaw(
    _ record: FeedRecord, _ id: String, _ day: SubscriberDay, arrives: Int64, _ ids: inout RecordIDs,
    _ random: inout SplitMix64
  ) {
    if random.chance(Self.duplicateShare) {
      add(record, id, day, arrives: arrives + Int64(random.below(600)) * Micros.second)
      counts.duplicate += 1
    }
    if random.chance(Self.brokenShare) {
      let flaw = feed.flaws[random.below(feed.flaws.count)]
      // Where no number is expected, a bad one would not be noticed.
      add(
        record, ids.next(), day, flaw: flaw == .badNumber && record.amount == nil ? .missingTime : flaw,
        arrives: arrives)
      counts.rejected += 1
    }
    if random.chance(backShare(record)) {
      let at = min(record.at + Micros.hour, day.day.end - Micros.second)
      let back = FeedRecord(.reversal, feed == .cdr ? "VOID" : "refund", at: at, [.init("cancels", id)])
      add(back, ids.next(), day, arrives: at)
      count(.reversal)
    }
  }

  private func backShare(_ record: FeedRecord) -> Double {
    switch record.type {
    case .callOutgoing, .callIncoming, .smsSent, .smsReceived, .dataUsage: Self.voidShare
    case .recharge, .topUp, .bundlePurchase: Self.refundShare
    default: 0
    }
  }

  /// Switches, phones and probes hand over late now and then; not who is silent, and not before activation.
  private func delayed(
    _ record: FeedRecord, _ day: SubscriberDay, _ random: inout SplitMix64
  ) -> FeedRecord {
    guard [.cdr, .app, .network].contains(feed), random.chance(Self.lateShare) else { return record }
    let days = 1 + random.below(random.chance(0.8) ? 3 : Self.lateDaysMax)
    guard day.subscriber.silence == nil, day.day.index - days >= day.subscriber.joined else { return record }
    var record = record
    record.at -= Int64(days) * Micros.day
    return record
  }

  private mutating func add(
    _ record: FeedRecord, _ id: String, _ day: SubscriberDay, flaw: FeedFlaw? = nil, arrives: Int64
  ) {
    let start = buffer.count
    buffer += line.bytes(record, id: id, customer: day.subscriber.id, flaw: flaw)
    buffer.append(0x0A)
    lines.append(Line(at: arrives, bytes: start..<buffer.count))
    counts.lines += 1
  }

  private mutating func flush() throws {
    var sorted: [UInt8] = []
    sorted.reserveCapacity(buffer.count)
    let order = lines.indices.sorted { (lines[$0].at, $0) < (lines[$1].at, $1) }
    for place in order { sorted += buffer[lines[place].bytes] }
    try put(sorted)
    buffer.removeAll(keepingCapacity: true)
    lines.removeAll(keepingCapacity: true)
  }

  private func put(_ bytes: [UInt8]) throws {
    do { try file?.write(contentsOf: bytes) } catch {
      throw Fault("\(folder) cannot be written", advice: "check the free space")
    }
  }
}

/// The ids of one customer's records of a day: `20260924-1001-3`.
private struct RecordIDs {
  private let prefix: String
  private var count = 0

  init(_ day: SubscriberDay) {
    prefix = "\(day.day.date.description.filter { $0 != "-" })-\(day.subscriber.number + 1_001)-"
  }

  mutating func next() -> String {
    count += 1
    return prefix + String(count)
  }
}
