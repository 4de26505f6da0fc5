#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif
internal import NIOCore
internal import NIOPosix

/// Why a connection could not be made, in words without a full stop.
package struct ConnectFailure: CustomStringConvertible {
  package let description: String

  /// Finds words for whatever a connect has thrown.
  package init(_ error: any Error) {
    switch error {
    case let error as IOError where error.errnoCode == ECONNREFUSED:
      description = "nobody listens there"
    case let error as IOError:
      description = "\(error)"
    case let error as ChannelError:
      if case .connectTimeout = error {
        description = "nobody answered within the connect time-out"
      } else if case .eof = error {
        description = "it ended the connection before it was made"
      } else {
        description = "\(error)"
      }
    case let error as NIOConnectionError:
      if error.dnsAError != nil, error.dnsAAAAError != nil {
        description = "the host name \(error.host) cannot be resolved"
      } else if let first = error.connectionErrors.first {
        description = ConnectFailure(first.error).description
      } else {
        description = "nobody answered within the connect time-out"
      }
    default:
      description = TLSFailure(error)?.description ?? "\(error)"
    }
  }
}
