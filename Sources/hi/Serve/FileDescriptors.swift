import Foundation

/// How many files and sockets the process may have open.
enum FileDescriptors {
  /// What a server has open beside its clients' connections: its ports, models' and records' files, logs,
  /// and connections of its own.
  static let reserve = 128

  /// Raises the process's limit to what is needed, as far as the system lets it.
  ///
  /// The usual limit of 1024 is for programs that use `select`; a server that takes as many connections
  /// would have none left for files.
  ///
  /// - Returns: the limit that holds now.
  static func allow(_ needed: Int) -> Int {
    var limit = rlimit()
    #if canImport(Darwin)
      let resource = RLIMIT_NOFILE
    #else
      let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #endif
    guard getrlimit(resource, &limit) == 0 else { return needed }
    let wanted = rlim_t(needed)
    guard limit.rlim_cur < wanted else { return Int(clamping: limit.rlim_cur) }
    var raised = limit
    raised.rlim_cur = min(wanted, limit.rlim_max)
    guard setrlimit(resource, &raised) == 0 else { return Int(clamping: limit.rlim_cur) }
    return Int(clamping: raised.rlim_cur)
  }

  /// What an operator should know where so many connections need more than is allowed; nil where all is
  /// well.
  static func warning(allowed: Int, connections: Int) -> String? {
    guard allowed < connections + reserve else { return nil }
    return "The system lets this process open \(allowed) files, and \(connections) connections "
      + "may come: raise its limit (ulimit -n) to \(connections + reserve), or lower --max-connections."
  }
}
