/// Why a model cannot be read or run. Each text is one sentence: what was expected, what was found,
/// what to do.
public enum ModelError: Error, Sendable, Equatable {
  /// No folder is at the bundle's path.
  case bundleNotFound(path: String)
  /// The bundle has no `manifest.json`.
  case manifestNotFound(path: String)
  /// A file is there and cannot be read.
  case unreadable(file: String, reason: String)
  /// The manifest is not JSON of the schema's form.
  case malformedManifest(file: String, reason: String)
  /// The manifest is of a schema that this version does not read.
  case unknownSchema(file: String, found: String)
  /// The manifest asks for something that is not supported.
  case unsupported(file: String, found: String, wanted: String)
  /// A stage's file is named so that it would lie outside the bundle.
  case unsafeFileName(file: String, name: String)
  /// A stage's file is missing.
  case stageNotFound(file: String)
  /// A stage's file is not the one that the manifest was written for.
  case wrongHash(file: String, expected: String, found: String)
  /// ONNX Runtime is in none of the places that were looked at.
  case libraryNotFound(searched: [String])
  /// A file that should be ONNX Runtime cannot be used.
  case libraryUnusable(file: String, reason: String)
  /// ONNX Runtime does not load a stage's file.
  case unloadable(file: String, reason: String)
  /// A stage's file and the manifest disagree about a tensor.
  case tensorMismatch(file: String, tensor: String, expected: String, found: String)
  /// A sample is not of the type and shape that the model takes.
  case sampleMismatch(model: String, expected: String, found: String)
  /// A plain ONNX file leaves something open that a bundle has to say.
  case undetermined(file: String, what: String, found: String, wanted: String)
  /// Another number of class names was given than a plain ONNX file has classes.
  case otherClassCount(file: String, names: Int, classes: Int)
  /// A bundle cannot be written.
  case unwritable(path: String, reason: String)
  /// A stage failed while it ran.
  case runFailed(file: String, reason: String)
}

extension ModelError: CustomStringConvertible {
  /// One sentence for the person who asked for the model.
  public var description: String {
    switch self {
    case .bundleNotFound(let path):
      "\(path) is not a folder; give the path of a model bundle (NAME.himodel)."
    case .manifestNotFound(let path):
      "\(path) has no manifest.json; give the path of a model bundle (NAME.himodel)."
    case .unreadable(let file, let reason):
      "\(file) cannot be read (\(reason)); check that it is a file and its permissions."
    case .malformedManifest(let file, let reason):
      "\(file) is not a sound manifest: \(reason); export the model again."
    case .unknownSchema(let file, let found):
      "\(file) has the schema \"\(found)\" where \"\(ModelManifest.currentSchema)\" was expected; "
        + "export the model again with this version's tools."
    case .unsupported(let file, let found, let wanted):
      "\(file) asks for \(found) and only \(wanted) is supported; export the model again."
    case .unsafeFileName(let file, let name):
      "\(file) names the stage file \"\(name)\" where a plain file name was expected; "
        + "do not use this bundle unless you trust who made it."
    case .stageNotFound(let file):
      "\(file) is missing from its bundle; copy the whole bundle again."
    case .wrongHash(let file, let expected, let found):
      "\(file) has the SHA-256 \(found) where its manifest expects \(expected); "
        + "copy the whole bundle again."
    case .libraryNotFound(let searched):
      "ONNX Runtime is in none of \(searched.joined(separator: ", ")); "
        + "run `make setup`, or set ONNXRUNTIME_LIBRARY to the path of its shared library."
    case .libraryUnusable(let file, let reason):
      "\(file) cannot be used as ONNX Runtime (\(reason)); "
        + "set ONNXRUNTIME_LIBRARY to the path of its shared library."
    case .unloadable(let file, let reason):
      "\(file) is not a model that ONNX Runtime loads (\(reason)); export it again."
    case .tensorMismatch(let file, let tensor, let expected, let found):
      "\(file) has \(found) for the tensor \"\(tensor)\" where its manifest expects \(expected); "
        + "export the model again."
    case .sampleMismatch(let model, let expected, let found):
      "The model \(model) takes samples of \(expected) and was given \(found); "
        + "use the data set that it was trained for."
    case .undetermined(let file, let what, let found, let wanted):
      "\(file) does not say \(what) (it has \(found)); give \(wanted)."
    case .otherClassCount(let file, let names, let classes):
      "\(file) tells \(classes) classes apart and \(names) class names were given; give one name a "
        + "class, in the model's order."
    case .unwritable(let path, let reason):
      "\(path) cannot be written (\(reason)); give a path in a folder that you may write to."
    case .runFailed(let file, let reason):
      "\(file) failed while it ran (\(reason)); check the model and the memory that is free."
    }
  }
}
