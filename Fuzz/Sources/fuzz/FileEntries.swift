import Foundation
import HITrace

@testable import HIData

extension FuzzEntry {
  /// Data sets, images, and the files that hold answers.
  static let files = [
    FuzzEntry(name: "npy") { bytes in
      do {
        let array = try NPYArray(contents: bytes, file: "x.npy")
        let count = array.shape.reduce(1, *)
        require(array.floats().count == count, "an array's size")
        require(array.integers().map { $0.count == count } ?? true, "an array's size")
      } catch {
        requireSentence(error)
      }
    },
    FuzzEntry(name: "idx") { bytes in
      for rank in [1, 3] {
        do {
          let file = try IDXFile(contents: bytes, rank: rank, file: "x")
          require(file.shape.reduce(1, *) == file.bytes.count, "a file's size")
        } catch {
          requireSentence(error)
        }
      }
    },
    FuzzEntry(name: "cifar") { bytes in
      // A record is longer than what a mutation reaches: each byte is a record's label.
      let records = bytes.flatMap { [$0] + Array(repeating: $0, count: 3_072) }
      for contents in [bytes, records, Array(records.dropLast(bytes.count % 3))] {
        var samples = LabelledSamples(shape: [3, 32, 32], labels: [], storage: [])
        do {
          try CIFAR10File.parse(contents, file: "x", into: &samples)
          require(samples.storage.count == samples.labels.count * 3_072, "a file's size")
          require(samples.labels.allSatisfy { $0 < 10 }, "a label")
        } catch {
          requireSentence(error)
        }
      }
    },
    FuzzEntry(name: "image") { bytes in
      do {
        let image = try RasterImage(decoding: bytes, name: "x", pixelLimit: 1 << 16)
        require(
          image.pixels.count == image.width * image.height * image.channels, "an image's size")
        for filter in [ImageFilter.bilinear, .bicubic] {
          for side in [nil, 5] {
            let prepared = try ImagePreparation(shorterSide: side, filter: filter).prepare(
              image, width: 4, height: 3, channels: 3, name: "x")
            require(prepared.pixels.count == 36, "a prepared image's size")
          }
        }
      } catch {
        requireSentence(error)
      }
    },
    FuzzEntry(name: "trace-import") { bytes in
      // Labels and an exit's answers: where one ends and the other begins is the first two bytes.
      var choices = Choices(bytes)
      let flags = choices.next()
      let length = Int(choices.next()) << 2
      let (labels, exit) = (choices.rest.prefix(length), choices.rest.dropFirst(length))
      guard let places = Scratch.write([("y.npy", labels), ("p.npy", exit)]) else { return }
      defer { Scratch.remove(places) }
      do {
        let answers = try ImportedAnswers(
          labels: places[0], exits: [places[1]], holdLogits: flags & 1 == 0)
        let trace = try answers.trace(
          modelName: "m", precision: "", dataset: "d", split: "s", createdBy: "fuzz")
        require(trace.count == answers.labels.count, "a trace's samples")
      } catch {
        requireSentence(error)
      }
    },
    FuzzEntry(name: "trace-file") { bytes in
      guard let places = Scratch.write([("x.hitrace", bytes[...])]) else { return }
      defer { Scratch.remove(places) }
      do {
        let trace = try TraceFile.read(URL(filePath: places[0]))
        require(trace.labels.count == trace.count, "a trace's labels")
      } catch {
        requireSentence(error)
      }
    },
    FuzzEntry(name: "recording-file") { bytes in
      guard let places = Scratch.write([("x.hirecord", bytes[...])]) else { return }
      defer { Scratch.remove(places) }
      do {
        _ = try RecordingFile.count(URL(filePath: places[0]))
        let joined = try RecordingFile.joinedTrace(URL(filePath: places[0]))
        require(joined.local.count == joined.remote.count, "a recording's two traces")
      } catch {
        requireSentence(error)
      }
    },
  ]
}

/// Files for what reads only files, in the folder that `scripts/fuzz` makes and removes.
private enum Scratch {
  static let folder =
    getenv("HI_FUZZ_SCRATCH").map { String(cString: $0) } ?? NSTemporaryDirectory()

  /// Writes files and gives their paths.
  static func write(_ files: [(String, ArraySlice<UInt8>)]) -> [String]? {
    var paths: [String] = []
    for (name, bytes) in files {
      let path = "\(folder)/\(getpid())-\(name)"
      guard let file = fopen(path, "wb") else { return nil }
      defer { fclose(file) }
      guard bytes.withUnsafeBytes({ fwrite($0.baseAddress, 1, $0.count, file) }) == bytes.count
      else { return nil }
      paths.append(path)
    }
    return paths
  }

  /// Takes the files away, with what SQLite leaves beside them.
  static func remove(_ paths: [String]) {
    for path in paths {
      for suffix in ["", "-wal", "-shm", "-journal"] { unlink(path + suffix) }
    }
  }
}
