import Contracts
import Hosting
import Journal
import Running

/// The parts of the loop of Missions, with the runners of the daily refill and of jobs.
enum MissionsService {
  static let service = JournalService(
    .missions, folds: { (main: MissionsFold(zone: $0.zone("LAUREL_ZONE")), definitions: TemplatesFold()) },
    routes: { node, _ in missionsRoutes(node) }, seed: TemplatesFold.seed,
    background: { node, _, _ in
      async let jobs: Void = JobRunner(node: node).run()
      await RefillRunner(node: node).run()
      await jobs
    })
}
