import Measures
import Wire

/// What is kept of a customer beside counters and money.
struct Facts: Sendable, Hashable {
  var roaming = DayCounts()
  var selfCare = DayCounts()
  var channels = Channels()
  var payments = Payments()
  var updates = Updates()

  init() {}

  func pack(_ writer: inout PackedWriter) {
    roaming.pack(&writer)
    selfCare.pack(&writer)
    channels.pack(&writer)
    payments.pack(&writer)
    updates.pack(&writer)
  }

  init(_ reader: inout PackedReader, form: UInt64) throws(PackedError) {
    roaming = try DayCounts(&reader)
    selfCare = try DayCounts(&reader)
    channels = try Channels(&reader)
    payments = try Payments(&reader)
    updates = try Updates(&reader, form: form)
  }
}
