import Contracts
import Hosting
import Journal
import Running

/// The parts of the loop of Ingestion.
enum IngestionService {
  static let service = JournalService(
    .ingestion,
    folds: { settings in
      let partitions = settings.integer("LAUREL_PARTITIONS")
      return (main: IngestionFold(partitions: partitions), definitions: SourcesFold(zone: settings.zone("LAUREL_ZONE")))
    },
    routes: { node, settings in ingestionRoutes(node, zone: settings.zone("LAUREL_ZONE")) })
}
