import HITransport

/// The beginning of a run, when the server may have been started a moment ago.
enum RemoteStart {
  /// How long a server that is not there yet is waited for.
  static let patience: Duration = .seconds(3)

  /// Asks a server until it answers, as long as nobody listens there and ``patience`` lasts.
  ///
  /// - Parameter ask: asks once.
  /// - Throws: why the last time failed.
  static func wait<Value: Sendable>(
    for ask: @Sendable () async throws(OffloadError) -> Value
  ) async throws(OffloadError) -> Value {
    let end = ContinuousClock.now + patience
    while true {
      do throws(OffloadError) {
        return try await ask()
      } catch {
        let isDown =
          switch error {
          case .unreachable, .connectionClosed: true
          default: false
          }
        let pause = Duration.milliseconds(50)
        guard isDown, end - .now > pause * 2 else { throw error }
        do { try await Task.sleep(for: pause) } catch { throw .cancelled }
      }
    }
  }
}
