import Contracts
import Hosting
import Journal

extension Node {
  /// Registers what operations want to see of a replica's loop.
  func measure(metrics: Metrics) {
    metrics.reading("laurel_partitions_open", help: "Partitions that this replica owns.", grows: false) {
      [main] in Double(main.open.count)
    }
    metrics.reading("laurel_journal_entries", help: "Entries in the owned partitions' journal.", grows: true)
    {
      [main] in Double(main.headSum)
    }
    for upstream in main.fold.upstreams {
      metrics.reading(
        "laurel_lag_entries", help: "Entries of an upstream journal that are known and not yet folded.",
        labels: ["journal": upstream.rawValue], grows: false
      ) { [main] in Double(main.lag(behind: upstream)) }
    }
  }
}
