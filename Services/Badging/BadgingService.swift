import Contracts
import Hosting
import Journal
import Running

/// The parts of the loop of Badging.
enum BadgingService {
  static let service = JournalService(
    .badging, folds: { (main: BadgingFold(zone: $0.zone("LAUREL_ZONE")), definitions: BadgesFold()) },
    routes: { node, _ in badgingRoutes(node) }, seed: BadgesFold.seed)
}
