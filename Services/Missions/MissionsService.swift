import Contracts
import Hosting
import Journal
import Running

/// The parts of the loop of Missions, with the runner that answers the daily refill's wants.
enum MissionsService {
  static let service = JournalService(
    .missions, folds: { (main: MissionsFold(zone: $0.zone("LAUREL_ZONE")), definitions: TemplatesFold()) },
    routes: { node, _ in missionsRoutes(node) }, seed: TemplatesFold.seed,
    background: { await RefillRunner(node: $0).run() })
}
