import Wire

/// The report as JSON.
extension DemoReport {
  var json: String {
    RebuildCommand.text { writer in
      writer.object { writer in
        writer.member("clock", RFC3339.text(micros: result.end))
        writer.member("days", result.days)
        writer.member("milliseconds", result.milliseconds)
        writer.member("records_per_second", result.recordsPerSecond)
        writeSources(&writer)
        writer.key("categories")
        writer.object { writer in
          for category in Self.categoryNames {
            writer.key(text: category)
            missions(of: category).write(&writer)
          }
        }
        let trees = [
          ("ingestion", ingestion), ("scores", scores), ("missions", missions()),
          ("templates", missions["templates"]), ("badges", badging["awards"]), ("points", points),
          ("offers", badging["offers"]), ("notices", badging["notices"]),
        ]
        for (name, tree) in trees {
          writer.key(text: name)
          tree.write(&writer)
        }
        writer.member("ledger", optional: ledger)
        writer.key("story")
        if let story { story.write(&writer) } else { writer.null() }
        if let rebuild {
          writer.key("rebuild")
          Rebuild.write(rebuild, &writer)
        }
        if let audit {
          writer.key("audit")
          audit.write(&writer, false)
        }
        writer.member("clean", isClean)
      }
    }
  }

  private func writeSources(_ writer: inout JSONWriter) {
    writer.key("sources")
    writer.object { writer in
      for source in sources {
        writer.key(text: source.source)
        source.write(&writer)
      }
    }
    writer.key("fates")
    result.tally.write(&writer)
  }
}
