import HIServing
import HITransport
import Logging

/// Reloads the models and the tokens of a server each time it is told to, and says what came of it.
enum ModelReloading {
  /// Runs until the task is cancelled.
  static func run(
    _ repository: ModelRepository, _ doors: ServerDoors, _ logger: Logger,
    at signals: AsyncStream<Void>
  ) async {
    for await _ in signals {
      do throws(BearerTokenError) {
        if let count = try doors.reloadTokens() { logger.info("reloaded: \(count) tokens") }
      } catch {
        logger.error("\(error) The tokens from before are still accepted.")
      }
      do throws(RepositoryError) {
        let report = try await repository.reload()
        for model in report.loaded { logger.info("loaded \(model)") }
        for model in report.unloaded { logger.info("unloaded \(model)") }
        for failure in report.failures { logger.error("\(failure)") }
        if let warning = PassedOverFiles.warning(repository.passedOver) {
          logger.warning("\(warning)")
        }
        logger.info("reloaded: \(repository.models.count) models ready")
      } catch {
        logger.error("\(error)")
      }
    }
  }
}
