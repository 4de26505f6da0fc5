#if OpenInference
  internal import Hummingbird
  internal import NIOCore

  /// What routes know of a request beside the request: who it is from, too.
  struct RESTContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The peer's address, without its port.
    let peer: String?

    init(source: ApplicationRequestContextSource) {
      coreContext = .init(source: source)
      peer = source.channel.remoteAddress?.ipAddress
    }
  }
#endif
