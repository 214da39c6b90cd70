import Contracts
import Hosting
import Journal
import Running

/// The parts of the loop of Ingestion, with the schedule of its sources.
enum IngestionService {
  static let service = JournalService(
    .ingestion, folds: { (main: IngestionFold(zone: $0.zone("LAUREL_ZONE")), definitions: SourcesFold()) },
    routes: { node, settings in ingestionRoutes(node, zone: settings.zone("LAUREL_ZONE")) },
    background: { node, settings, metrics in
      let zone = settings.zone("LAUREL_ZONE")
      await ScheduleRunner(sync: syncHandler(node, zone: zone), zone: zone, metrics: metrics).run()
    })
}
