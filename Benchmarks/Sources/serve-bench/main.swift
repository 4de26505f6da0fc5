import Foundation
import HIData
import HIModels

// What the scheduler costs beside raw ONNX Runtime at the best batch size, and what the server does
// with three times the work that it can do. Rounds of what is compared take turns in one run.
//
//     swift run -c release serve-bench MODEL.himodel [--rounds N]

let arguments = CommandLine.arguments.dropFirst()
let rounds = arguments.firstIndex(of: "--rounds").flatMap { Int(arguments[$0 + 1]) } ?? 5
let workers = ProcessInfo.processInfo.activeProcessorCount
let clock = ContinuousClock()

guard let path = arguments.first(where: { $0.hasSuffix(".himodel") }) else {
  FileHandle.standardError.write(Data("serve-bench: give a bundle NAME.himodel\n".utf8))
  exit(64)
}

// Everything runs off the main actor: its executor is not how a program under load calls the client.
await Task.detached {
  do {
    let subject = try Subject(path: path)
    let raw = try RawThroughput(subject).measure()
    let held = try await ServedThroughput(subject).compare(with: raw)
    let survived = try await Overload(subject).run()
    exit(held && survived ? 0 : 1)
  } catch {
    FileHandle.standardError.write(Data("serve-bench: \(error)\n".utf8))
    exit(1)
  }
}.value
