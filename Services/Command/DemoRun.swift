import Contracts
import Foundation
import Messaging
import Wire

/// Feeds a demonstration's records to the services, day by day.
struct DemoRun: Sendable {
  let cluster: Cluster
  let data: DemoData
  let zone: Zone
  let terminal: Terminal
  /// The machine's time at the start, unix microseconds.
  let machineNow: Int64

  /// What was done.
  struct Result: Sendable {
    var tally = FateTally()
    /// Records that were handed over.
    var records = 0
    var days = 0
    var milliseconds: Int64 = 0
    /// The instant that the clock shows in the end, unix microseconds.
    var end: Int64 = 0
    var recordsPerSecond: Int { records * 1_000 / Int(max(milliseconds, 1)) }
  }

  private var sender: RecordSender {
    RecordSender(
      cluster: cluster, source: data.source.name, run: UUID().uuidString.lowercased(), header: data.header)
  }

  /// What the mapping makes of each record; stores nothing.
  func preview() async throws -> [PreviewOutcome] {
    var outcomes: [PreviewOutcome] = []
    var place = 0
    while place < data.records.count {
      var payloads = Frames([
        JSONWriter.object { writer in
          writer.member("source", data.source.name)
          writer.member("header", optional: data.header.map { String(decoding: $0, as: UTF8.self) })
          // The services' clock is still before the first record, which must not look like the future.
          writer.member("now", machineNow)
        }
      ])
      let chunk = Self.chunk(data.records, places: nil, from: place)
      payloads.append(contentsOf: chunk.records)
      let reply: Frames
      do throws(WireError) { reply = try await cluster.call(.ingestion, Method.preview, payloads) } catch {
        throw Fault("what the records mean", error)
      }
      outcomes += try PreviewOutcome.outcomes(reply, records: chunk.records.count)
      place = chunk.to
      terminal.progress(
        "\(Terminal.bar(Double(place) / Double(data.records.count))) reading the times of records")
    }
    return outcomes
  }

  /// The next records of a list; without places, of all.
  private static func chunk(_ records: [ArraySlice<UInt8>], places: [Int]?, from: Int) -> Chunk {
    var chunk = Chunk(from: from)
    let count = places?.count ?? records.count
    while !chunk.isFull, chunk.to < count { chunk.append(records[places?[chunk.to] ?? chunk.to]) }
    return chunk
  }

  /// Sends the records at some places and waits until they have had their effects.
  private func feed(
    _ places: [Int]?, _ sender: RecordSender, numbered first: Int, into tally: inout FateTally
  ) async throws {
    var sent = 0
    let count = places?.count ?? data.records.count
    var positions: [Position] = []
    var sum = tally
    try await sender.send {
      guard sent < count else { return nil }
      let chunk = Self.chunk(data.records, places: places, from: sent)
      sent = chunk.to
      // In the run the records are numbered as they are fed.
      return chunk.moved(by: first)
    } _: { chunk, answer in
      sum.add(answer, records: chunk.records.count)
      positions += answer.positions ?? []
    }
    tally = sum
    try await StepClock(cluster: cluster).settle(positions)
  }

  /// All days, each with its records at its end, and then on until the run's end.
  func step(_ plan: DayPlan, end: Day) async throws -> Result {
    let begin = Monotonic.milliseconds()
    let clock = StepClock(cluster: cluster)
    let sender = sender
    var result = Result()
    let days = end - plan.first
    for day in plan.first..<end {
      let midnight = zone.start(of: day + 1)
      try await clock.advance(to: midnight - Micros.second)
      if let places = plan.places[day] {
        try await feed(places, sender, numbered: result.records, into: &result.tally)
        result.records = result.tally.records
      }
      try await clock.advance(to: midnight)
      result.days += 1
      result.end = midnight
      result.milliseconds = Monotonic.milliseconds() - begin
      tell(day, result, of: days)
    }
    terminal.clear()
    return result
  }

  private func tell(_ day: Day, _ result: Result, of days: Int) {
    let part = Double(result.days) / Double(max(days, 1))
    terminal.progress(
      "\(Terminal.bar(part)) \(day)  \(result.records.grouped) records, "
        + "\(result.recordsPerSecond.grouped)/s with all effects")
  }

  /// All records in one go, as the clock stands.
  func again() async throws -> Result {
    let begin = Monotonic.milliseconds()
    var result = Result()
    try await feed(nil, sender, numbered: 0, into: &result.tally)
    result.records = result.tally.records
    result.milliseconds = Monotonic.milliseconds() - begin
    let reply = try await cluster.gateway.call("clock/read", timeoutMilliseconds: Cluster.quickMilliseconds)
    result.end = Int64(try Cluster.tree(reply, "clock/read")["now"].integer ?? 0)
    return result
  }
}
