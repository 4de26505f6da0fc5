#if OpenInference
  import Foundation
  import SocketPeers

  /// A request of HTTP/1.1 as it came in, its body by its length.
  struct PeerRequest {
    let line: String
    private let headers: [String]
    private let body: [UInt8]
    private let socket: BlockingSocket

    /// Nil where the peer sends no more.
    init?(_ socket: BlockingSocket) {
      var head: [UInt8] = []
      while !head.ends(with: Array("\r\n\r\n".utf8)) {
        guard let byte = socket.receive(exactly: 1) else { return nil }
        head += byte
      }
      let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n").map {
        String($0)
      }
      line = lines[0]
      headers = lines.dropFirst().map { $0.lowercased() }
      let length = headers.compactMap { header in
        header.hasPrefix("content-length:") ? Int(header.dropFirst(15).trimmed) : nil
      }
      guard let body = socket.receive(exactly: length.first ?? 0) else { return nil }
      self.body = body
      self.socket = socket
    }

    var endsConnection: Bool {
      headers.contains { $0.hasPrefix("connection:") && $0.hasSuffix("close") }
    }

    /// The id that the request wants back.
    var id: String {
      struct Identified: Decodable { var id: String }
      return (try? JSONDecoder().decode(Identified.self, from: Data(body)).id) ?? ""
    }

    func answer(_ document: String) {
      socket.send(
        Array(
          "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: \(document.utf8.count)\r\n\r\n\(document)"
            .utf8))
    }
  }

  extension Array where Element: Equatable {
    fileprivate func ends(with other: [Element]) -> Bool {
      suffix(other.count).elementsEqual(other)
    }
  }

  extension StringProtocol {
    fileprivate var trimmed: String { trimmingCharacters(in: .whitespaces) }
  }
#endif
