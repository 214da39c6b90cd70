import Foundation
import Testing

@testable import Hosting

@Suite struct MetricsTests {
  private func filled() -> Metrics {
    let metrics = Metrics()
    metrics.counter("events_total", help: "Events \\ taken\nso far.", labels: ["source": "b\"\\\n"]).add(2)
    metrics.counter("events_total", help: "", labels: ["source": "a"]).add()
    metrics.counter("events_total", help: "", labels: ["source": "a"]).add(4)
    metrics.gauge("depth", help: "Depth.").set(2.5)
    metrics.reading("age", help: "Age.", grows: true) { 7 }
    let latency = metrics.histogram(
      "latency_seconds", help: "Latency.", labels: ["m": "x"], bounds: [0.1, 1])
    for value in [0.05, 0.1, 0.5, 8] { latency.observe(value) }
    return metrics
  }

  @Test func prometheusTextIsExact() {
    let expected = """
      # HELP age Age.
      # TYPE age counter
      age 7
      # HELP depth Depth.
      # TYPE depth gauge
      depth 2.5
      # HELP events_total Events \\\\ taken\\nso far.
      # TYPE events_total counter
      events_total{source="a"} 5
      events_total{source="b\\"\\\\\\n"} 2
      # HELP latency_seconds Latency.
      # TYPE latency_seconds histogram
      latency_seconds_bucket{m="x",le="0.1"} 2
      latency_seconds_bucket{m="x",le="1"} 3
      latency_seconds_bucket{m="x",le="+Inf"} 4
      latency_seconds_sum{m="x"} 8.65
      latency_seconds_count{m="x"} 4

      """
    #expect(filled().prometheus == expected)
  }

  @Test func jsonSaysTheSame() throws {
    let object = try JSONSerialization.jsonObject(with: Data(filled().json)) as? [String: Any]
    let families = try #require(object?["metrics"] as? [[String: Any]])
    #expect(families.map { $0["name"] as? String } == ["age", "depth", "events_total", "latency_seconds"])
    let latency = try #require((families[3]["samples"] as? [[String: Any]])?.first)
    #expect(latency["buckets"] as? [[Double]] == [[0.1, 2], [1, 3]])
    #expect(latency["count"] as? Int == 4)
    #expect(latency["labels"] as? [String: String] == ["m": "x"])
    let events = try #require(families[2]["samples"] as? [[String: Any]])
    #expect(events.map { $0["value"] as? Int } == [5, 2])
  }

  @Test func valuesThatAreNoNumbers() throws {
    let metrics = Metrics()
    metrics.gauge("a", help: "").set(Double.nan)
    metrics.gauge("b", help: "").set(-Double.infinity)
    metrics.gauge("c", help: "").set(1e20)
    #expect(metrics.prometheus.contains("\na NaN\n") && metrics.prometheus.contains("\nb -Inf\n"))
    #expect(metrics.prometheus.contains("\nc 1e+20\n"))
    #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(metrics.json)) }
  }

  @Test func countersLoseNothingUnderThreads() async {
    let metrics = Metrics()
    let latency = metrics.histogram("h", help: "")
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask {
          for _ in 0..<1000 {
            metrics.counter("n_total", help: "").add()
            latency.observe(.milliseconds(3))
          }
        }
      }
    }
    #expect(metrics.counter("n_total", help: "").value == 8000)
    #expect(latency.snapshot.total == 8000)
    #expect(latency.snapshot.counts[3] == 8000)
  }

  @Test func processFiguresAreThoseOfThisProcess() {
    let first = ProcessFigures.read()
    let pipes = (0..<4).map { _ in Pipe() }
    let held = ProcessFigures.read()
    #expect(first.residentBytes > 1 << 20)
    #expect(first.threads >= 1)
    #expect(held.openFiles >= 8)
    #expect(held.cpuSeconds >= first.cpuSeconds && held.cpuSeconds > 0)
    withExtendedLifetime(pipes) {}
    let metrics = Metrics()
    metrics.addProcessFigures()
    #expect(metrics.prometheus.contains("# TYPE process_cpu_seconds_total counter"))
  }
}
