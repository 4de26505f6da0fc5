import HIServing

/// Reloads the models of a server each time it is told to, and says what came of it.
enum ModelReloading {
  /// Runs until the task is cancelled.
  static func run(_ repository: ModelRepository, at signals: AsyncStream<Void>) async {
    for await _ in signals {
      do throws(RepositoryError) {
        let report = try await repository.reload()
        for model in report.loaded { Terminal.note("loaded \(model)") }
        for model in report.unloaded { Terminal.note("unloaded \(model)") }
        for failure in report.failures { Terminal.note("\(failure)") }
        Terminal.note("reloaded: \(repository.models.count) models ready")
      } catch {
        Terminal.note("\(error)")
      }
    }
  }
}
