public import HIData

extension ModelManifest.Input {
  /// What a picture becomes for this model; nil where it takes no 8-bit picture of 1 or 3 channels.
  public var imageForm: ImageForm? {
    guard elementType == .uint8 else { return nil }
    let isChannelsFirst = layout == .channelsFirst
    guard let preparation else { return ImageForm(shape: shape, isChannelsFirst: isChannelsFirst) }
    return ImageForm(shape: shape, isChannelsFirst: isChannelsFirst, preparation: preparation)
  }
}
