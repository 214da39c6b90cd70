import Wire

extension Metrics {
  /// All figures in the Prometheus text format, version 0.0.4.
  public var prometheus: String {
    var text = ""
    for family in snapshot {
      text += "# HELP \(family.name) \(Self.escaped(family.help, quotes: false))\n"
      text += "# TYPE \(family.name) \(family.type)\n"
      for sample in family.samples { Self.write(family.name, sample.labels, sample.instrument, to: &text) }
    }
    return text
  }

  private static func write(
    _ name: String, _ labels: [Label], _ instrument: Instrument, to text: inout String
  ) {
    switch instrument {
    case .counter(let counter): text += "\(name)\(braced(labels)) \(counter.value)\n"
    case .gauge(let gauge): text += "\(name)\(braced(labels)) \(plain(gauge.value))\n"
    case .reading(_, let read): text += "\(name)\(braced(labels)) \(plain(read()))\n"
    case .histogram(let histogram): write(name, labels, histogram, to: &text)
    }
  }

  private static func write(_ name: String, _ labels: [Label], _ histogram: Histogram, to text: inout String)
  {
    let snapshot = histogram.snapshot
    var below = 0
    for (bound, count) in zip(histogram.bounds.map(plain) + ["+Inf"], snapshot.counts) {
      below += count
      text += "\(name)_bucket\(braced(labels + [Label(name: "le", value: bound)])) \(below)\n"
    }
    text += "\(name)_sum\(braced(labels)) \(plain(snapshot.sum))\n"
    text += "\(name)_count\(braced(labels)) \(below)\n"
  }

  private static func braced(_ labels: [Label]) -> String {
    if labels.isEmpty { return "" }
    return "{" + labels.map { "\($0.name)=\"\(escaped($0.value, quotes: true))\"" }.joined(separator: ",")
      + "}"
  }

  private static func escaped(_ text: String, quotes: Bool) -> String {
    let lines = text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
    return quotes ? lines.replacing("\"", with: "\\\"") : lines
  }

  /// Whole numbers without a fraction; what is no number as Prometheus writes it.
  static func plain(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
    return Int64(exactly: value).map(String.init) ?? "\(value)"
  }
}

extension Metrics {
  /// All figures as one JSON object, the answer to `metrics/read`.
  ///
  /// `{"metrics": [{"name", "type", "help", "samples": [{"labels": {...}, "value": 3}]}]}`; a histogram's
  /// sample has `buckets` (pairs of bound and cumulative count, without the infinite one), `sum`, `count`.
  public var json: [UInt8] {
    JSONWriter.object { writer in
      writer.key("metrics")
      writer.array { writer in
        for family in snapshot { Self.write(family, to: &writer) }
      }
    }
  }

  private static func write(_ family: Family, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("name", family.name)
      writer.member("type", family.type)
      writer.member("help", family.help)
      writer.key("samples")
      writer.array { writer in
        for sample in family.samples { write(sample.labels, sample.instrument, to: &writer) }
      }
    }
  }

  private static func write(_ labels: [Label], _ instrument: Instrument, to writer: inout JSONWriter) {
    writer.object { writer in
      writer.key("labels")
      writer.object { writer in
        for label in labels {
          writer.key(text: label.name)
          writer.string(label.value)
        }
      }
      switch instrument {
      case .counter(let counter): writer.member("value", counter.value)
      case .gauge(let gauge): writer.member("value", raw: number(gauge.value))
      case .reading(_, let read): writer.member("value", raw: number(read()))
      case .histogram(let histogram): write(histogram, to: &writer)
      }
    }
  }

  private static func write(_ histogram: Histogram, to writer: inout JSONWriter) {
    let snapshot = histogram.snapshot
    var below = 0
    writer.key("buckets")
    writer.array { writer in
      for (bound, count) in zip(histogram.bounds, snapshot.counts) {
        below += count
        writer.array { writer in
          writer.raw(number(bound))
          writer.integer(below)
        }
      }
    }
    writer.member("sum", raw: number(snapshot.sum))
    writer.member("count", snapshot.total)
  }

  /// JSON has no infinities: they are null.
  private static func number(_ value: Double) -> [UInt8] {
    Array((value.isFinite ? plain(value) : "null").utf8)
  }
}
