internal import HIData
internal import HierarchicalInference

/// What a sample is an example of.
enum GalleryKind: String, CaseIterable {
  case acceptedRight = "accepted-right"
  case acceptedWrong = "accepted-wrong"
  case saved = "offloaded-saved"
  case inVain = "offloaded-in-vain"

  private static let pictures = 8

  private var words: (title: String, note: String) {
    switch self {
    case .acceptedRight:
      ("accepted, and right", "The local model was sure enough, and right.")
    case .acceptedWrong:
      ("accepted, and wrong", "The local model was sure enough, and wrong: incorrect-accepted.")
    case .saved:
      ("offloaded, and saved", "The local answer was wrong, and the remote model put it right.")
    case .inVain:
      (
        "offloaded in vain",
        "The local answer was right already, or the remote model is wrong too."
      )
    }
  }

  /// Which kind a sample is; nil where it was offloaded and nobody knows the remote answer.
  static func of(_ outcome: SampleOutcome) -> GalleryKind? {
    guard outcome.isOffloaded else {
      return outcome.isLocalRight ? .acceptedRight : .acceptedWrong
    }
    guard let isRemoteRight = outcome.isRemoteRight else { return nil }
    return isRemoteRight && !outcome.isLocalRight ? .saved : .inVain
  }

  /// A few samples of each kind that occurs, evenly drawn from all of it.
  static func galleries(_ outcomes: [SampleOutcome], _ dataset: Dataset) -> [SampleGallery] {
    let grouped = Dictionary(grouping: outcomes) { of($0) }
    return allCases.compactMap { kind in
      let all = (grouped[kind] ?? []).filter { dataset.labels.indices.contains($0.index) }
      guard !all.isEmpty else { return nil }
      let pictures = LineSeries.thinned(all, to: pictures).compactMap { outcome in
        picture(outcome, dataset)
      }
      guard !pictures.isEmpty else { return nil }
      let share = Numeral.percent(Double(all.count) / Double(outcomes.count))
      return SampleGallery(
        id: "gallery-\(kind.rawValue)",
        title: "\(all.count) of \(outcomes.count) samples (\(share)) are \(kind.words.title)",
        note: kind.words.note, pictures: pictures)
    }
  }

  private static func picture(
    _ outcome: SampleOutcome, _ dataset: Dataset
  ) -> SampleGallery.Picture? {
    guard let source = SamplePicture.source(dataset.sample(at: outcome.index)) else { return nil }
    func name(_ label: Int) -> String {
      dataset.classes.indices.contains(label) ? dataset.classes[label] : "\(label)"
    }
    let confidence = Numeral.percent(Double(outcome.local.confidence), digits: 0)
    return SampleGallery.Picture(
      source: source,
      lines: [
        "is \(name(outcome.label))",
        "local: \(name(outcome.local.prediction)), \(confidence)",
      ]
        + (outcome.isOffloaded
          ? outcome.remotePrediction.map { ["remote: \(name($0))"] } ?? [] : [])
    )
  }
}
