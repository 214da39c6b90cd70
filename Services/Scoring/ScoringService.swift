import Contracts
import Hosting
import Journal
import Running

/// The parts of the loop of Scoring.
enum ScoringService {
  static let service = JournalService(
    .scoring,
    folds: { (main: ScoringFold(zone: $0.zone("LAUREL_ZONE")), definitions: ScoringDefinitionsFold()) },
    routes: { node, _ in scoringRoutes(node) },
    background: { node, _, _ in await JobRunner(node: node).run() })
}
