/// How busy a model's scheduler is at one moment.
struct SchedulerLoad: Sendable, Equatable {
  let waitingRequests: Int
  let waitingSamples: Int
  let queueLimit: Int
  let workers: Int
  let busyWorkers: Int
}
