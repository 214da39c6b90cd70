import Wire

/// Bills with their due days: a multiset, so that a bill can come late and be taken back.
struct Bills: Sendable, Equatable {
  struct Bill: Sendable, Equatable {
    /// The hash of its id.
    var name: Int64
    var due: Int32
    /// How often; never 0.
    var count: Int64
  }

  /// How many days before a mission's start a bill may be due that is still known: zones lie that far apart,
  /// and no payment inside the window can be on time for an older one.
  static let slackDays: Int32 = 2

  private(set) var all: [Bill] = []

  init() {}

  /// The earliest due day that matters from an instant on.
  static func earliest(at now: Int64) -> Int32 { Zone.utc.day(ofMicros: now).number - slackDays }

  mutating func add(_ count: Int64, _ name: Int64, due: Int32) {
    guard let place = all.firstIndex(where: { $0.name == name && $0.due == due }) else {
      let place = all.firstIndex { ($0.due, $0.name) > (due, name) } ?? all.count
      return all.insert(Bill(name: name, due: due, count: count), at: place)
    }
    all[place].count &+= count
    if all[place].count == 0 { all.remove(at: place) }
  }

  /// The latest day by which a bill may be paid; nil for an unknown one.
  func due(of name: Int64) -> Int32? { all.last { $0.name == name && $0.count > 0 }?.due }

  /// Forgets bills that no coming payment can be on time for.
  mutating func forget(before due: Int32) {
    if let first = all.first, first.due < due { all.removeAll { $0.due < due } }
  }

  func pack(_ writer: inout PackedWriter) {
    writer.count(all.count)
    for bill in all {
      writer.signed(bill.name)
      writer.signed(Int64(bill.due))
      writer.signed(bill.count)
    }
  }

  init(_ reader: inout PackedReader) throws(PackedError) {
    all = try reader.array { (reader) throws(PackedError) in
      Bill(
        name: try reader.signed(), due: Int32(truncatingIfNeeded: try reader.signed()),
        count: try reader.signed())
    }
  }
}

/// Payments that name a bill, and the bills by which each is on time or not: a bill may also come later.
struct Dues: Sendable, Equatable {
  struct Payment: Sendable, Equatable {
    var bill: Int64
    var day: Int32
    var at: Int64
    var count: Int64
  }

  var bills = Bills()
  private(set) var payments: [Payment] = []

  init() {}

  mutating func pay(_ count: Int64, _ bill: Int64, on day: Int32, at time: Int64) {
    let key = (time, bill, day)
    let place = payments.firstIndex { ($0.at, $0.bill, $0.day) >= key } ?? payments.count
    if place < payments.count, (payments[place].at, payments[place].bill, payments[place].day) == key {
      payments[place].count &+= count
      if payments[place].count == 0 { payments.remove(at: place) }
    } else {
      payments.insert(Payment(bill: bill, day: day, at: time, count: count), at: place)
    }
  }

  /// Adds the payments that are on time by their bills.
  func add(to sum: inout Sum) {
    for payment in payments {
      guard let due = bills.due(of: payment.bill), payment.day <= due else { continue }
      sum.add(Decimal6(exactly: payment.count) ?? .zero, at: payment.at)
    }
  }

  func pack(_ writer: inout PackedWriter) {
    bills.pack(&writer)
    writer.array(payments) { writer, payment in
      writer.signed(payment.bill)
      writer.signed(Int64(payment.day))
      writer.signed(payment.at)
      writer.signed(payment.count)
    }
  }

  init(_ reader: inout PackedReader) throws(PackedError) {
    bills = try Bills(&reader)
    payments = try reader.array { (reader) throws(PackedError) in
      Payment(
        bill: try reader.signed(), day: Int32(truncatingIfNeeded: try reader.signed()),
        at: try reader.signed(), count: try reader.signed())
    }
  }
}
