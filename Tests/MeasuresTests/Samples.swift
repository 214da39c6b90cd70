import Contracts
import Measures
import Wire

/// A day of 2026, by its distance from 1 March.
func march(_ offset: Int) -> Day { Day(year: 2026, month: 3, day: 1)! + offset }

/// What so many outgoing calls add.
func calls(_ count: Int64 = 1) -> DayTotals {
  var totals = DayTotals()
  totals.callsMade = count
  return totals
}

/// Buckets with active days, folded on their last day.
func active(_ offsets: [Int], today: Int = 0) -> DayBuckets {
  var buckets = DayBuckets()
  for offset in offsets { buckets.add(calls(), on: march(offset), today: march(today)) }
  return buckets
}

func repacked(_ buckets: DayBuckets) throws -> DayBuckets {
  var writer = PackedWriter()
  buckets.pack(&writer)
  var reader = PackedReader(writer.bytes)
  let read = try DayBuckets(&reader)
  if !reader.isAtEnd { throw PackedError(offset: 0, reason: "bytes are left") }
  return read
}
