import Foundation

// One load for every server: as many connections as it is told, one thread, and little work for each
// request, so that what is measured is the server. Prints one JSON document.
//
//   serve-load http|grpc|wire PORT CONNECTIONS SECONDS REQUEST [RATE]
//
// REQUEST is a file with the bytes of one request: all of them over HTTP and the wire, the message over
// gRPC. Without RATE the loop is closed: each connection asks again as soon as it is answered. With RATE
// so many requests a second come at random times, whatever the server does, and latency counts from when
// a request came, a wait for a free connection included. The first quarter of SECONDS is not counted.

let arguments = Array(CommandLine.arguments.dropFirst())
guard arguments.count == 5 || arguments.count == 6,
  let speech = Speech(rawValue: arguments[0]), let port = UInt16(arguments[1]),
  let connections = Int(arguments[2]), (1...512).contains(connections),
  let seconds = Double(arguments[3]), seconds > 0,
  let request = FileManager.default.contents(atPath: arguments[4])
else {
  FileHandle.standardError.write(
    Data("usage: serve-load http|grpc|wire PORT CONNECTIONS SECONDS REQUEST [RATE]\n".utf8))
  exit(64)
}
do {
  var load = try Load(
    speech: speech, port: port, connections: connections, request: Array(request),
    rate: arguments.count == 6 ? Double(arguments[5]) : nil)
  let result = try load.run(seconds: seconds)
  print(String(decoding: try JSONEncoder().encode(result), as: UTF8.self))
} catch {
  FileHandle.standardError.write(Data("serve-load: \(error)\n".utf8))
  exit(1)
}
