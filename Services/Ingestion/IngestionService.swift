import Contracts
import Hosting
import Journal
import Running

/// The parts of the loop of Ingestion.
enum IngestionService {
  static let service = JournalService(
    .ingestion, folds: { (main: IngestionFold(zone: $0.zone("LAUREL_ZONE")), definitions: SourcesFold()) },
    routes: { node, settings in ingestionRoutes(node, zone: settings.zone("LAUREL_ZONE")) })
}
