import Contracts
import Journal
import Wire

/// Appends parts at their partition's owner: fetches the originals that REVERSALs take back, then submits.
struct PartHandler: Sendable {
  /// How often the originals are fetched again when more were appended meanwhile.
  static let attemptsMax = 8

  let node: IngestionNode

  /// `ingestion.v1/append`.
  func append(_ payloads: Frames) async throws -> Frames {
    var request = try AppendRequest(payloads.first)
    let partition = request.partition
    guard request.partitions == node.settings.partitions else {
      throw WireError.invalid("there are \(node.settings.partitions) partitions, not \(request.partitions)")
    }
    var attempts = 1
    while true {
      let originals = try await originals(request, payloads)
      request.originals = originals.count
      let command = Command(
        method: Method.append, key: "", payloads: Self.frames(request, originals, payloads))
      do { return try await node.main.submit(partition, command) } catch let error as WireError
        where error.status == .aborted && attempts < Self.attemptsMax
      { attempts += 1 }
    }
  }

  private static func frames(_ request: AppendRequest, _ originals: [Original], _ payloads: Frames) -> Frames
  {
    if originals.isEmpty { return payloads }
    var frames = Frames([request.encoded()] + originals.map { $0.encoded() })
    var iterator = payloads.makeIterator()
    _ = iterator.next()
    if let drafts = iterator.nextFramed(payloads.count - 1) {
      frames.append(framed: drafts, count: payloads.count - 1)
    }
    return frames
  }

  /// The committed events that the part's REVERSALs name.
  private func originals(_ request: AppendRequest, _ payloads: Frames) async throws -> [Original] {
    if request.reversals.isEmpty { return [] }
    let places = Set(request.reversals)
    var marks: [UInt128] = []
    for (place, payload) in payloads.dropFirst().enumerated() where places.contains(place) {
      marks += try AppendDraft(payload).target?.events ?? []
    }
    let wanted = marks
    let numbers = try await node.main.read(request.partition) { Set(try $0.identities(wanted).values) }
    var originals: [Original] = []
    for number in numbers.sorted() {
      originals.append(Original(number: number, entry: try await original(request.partition, number)))
    }
    return originals
  }

  private func original(_ partition: Int, _ number: Int64) async throws -> [UInt8] {
    do {
      guard let entry = try await node.main.entries(partition, after: number - 1, limit: 1).first else {
        throw WireError.dataLoss("there is no entry \(number) of partition \(partition)")
      }
      return entry.1
    } catch let error as WireError where error.status == .outOfRange {
      return Original.gone
    }
  }
}
