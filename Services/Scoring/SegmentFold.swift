import Contracts
import Journal
import Wire

/// Segments and thresholds: each change is a new version in the definitions journal.
extension ScoringDefinitionsFold {
  /// Creates or replaces a segment.
  func put(_ request: SegmentRequest, _ work: inout Work<Self>) throws(WireError) -> Frames {
    let id = request.id ?? "s-\(work.nextNumber)"
    let row = work.row(DefinitionsRow.segment(id))
    let known = row?.segment
    if request.isNew, known?.isDeleted == false { throw .alreadyExists("there is a segment '\(id)' already") }
    var segment = Segment(id: id, name: request.name ?? id, rule: request.rule, customers: request.customers)
    segment.createdAt = known?.isDeleted == false ? known?.createdAt ?? work.now : work.now
    (segment.version, segment.updatedAt) = ((known?.version ?? 0) + 1, work.now)
    try keep(segment, row?.last ?? 0, &work)
    return Frames([JSONWriter.object(segment.write)])
  }

  func deleteSegment(_ id: String, _ work: inout Work<Self>) throws(WireError) -> Frames {
    guard let row = work.row(DefinitionsRow.segment(id)), var segment = row.segment, !segment.isDeleted else {
      throw .notFound("there is no segment '\(id)'")
    }
    (segment.isDeleted, segment.rule, segment.customers) = (true, nil, nil)
    (segment.version, segment.updatedAt) = (segment.version + 1, work.now)
    try keep(segment, row.last, &work)
    return Frames([JSONWriter.object { $0.member("id", id) }])
  }

  private func keep(_ segment: Segment, _ last: Int64, _ work: inout Work<Self>) throws(WireError) {
    let body = try text(segment)
    let number = work.emit(kind: Segment.kind, id: segment.id, prev: last) {
      $0.member("definition", raw: body)
    }
    work.set(DefinitionsRow.segment(segment.id), .segment(segment, last: number))
  }

  /// Creates or replaces a threshold.
  func put(_ request: ThresholdRequest, _ work: inout Work<Self>) throws(WireError) -> Frames {
    var threshold = request.threshold
    let row = work.row(DefinitionsRow.threshold(threshold.id))
    if request.isNew, row?.threshold?.isDeleted == false {
      throw .alreadyExists("there is a threshold '\(threshold.id)' already")
    }
    try threshold.check()
    _ = try threshold.needs
    (threshold.version, threshold.updatedAt) = ((row?.threshold?.version ?? 0) + 1, work.now)
    try keep(threshold, row?.last ?? 0, &work)
    return Frames([JSONWriter.object(threshold.write)])
  }

  func deleteThreshold(_ id: String, _ work: inout Work<Self>) throws(WireError) -> Frames {
    guard let row = work.row(DefinitionsRow.threshold(id)), var threshold = row.threshold,
      !threshold.isDeleted
    else { throw .notFound("there is no threshold '\(id)'") }
    threshold.isDeleted = true
    (threshold.version, threshold.updatedAt) = (threshold.version + 1, work.now)
    try keep(threshold, row.last, &work)
    return Frames([JSONWriter.object { $0.member("id", id) }])
  }

  private func keep(_ threshold: Threshold, _ last: Int64, _ work: inout Work<Self>) throws(WireError) {
    let body = try text(threshold)
    let number = work.emit(kind: Threshold.kind, id: threshold.id, prev: last) {
      $0.member("definition", raw: body)
    }
    work.set(DefinitionsRow.threshold(threshold.id), .threshold(threshold, last: number))
  }
}
