import Testing

/// What a state machine gave, which must not be nothing; `#require` itself cannot take what changes it.
func granted<Value>(
  _ value: Value?, sourceLocation: SourceLocation = #_sourceLocation
) throws -> Value {
  try #require(value, sourceLocation: sourceLocation)
}
