internal import HIModels

extension ModelManifest.Input {
  /// The module's own is for its package alone.
  var channelCount: Int {
    switch layout {
    case .channelsFirst: shape[0]
    case .channelsLast: shape[shape.count - 1]
    }
  }
}
