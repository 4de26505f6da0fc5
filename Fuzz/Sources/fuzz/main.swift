import CLibFuzzer

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

// The entry point is named by a variable and not by an argument: libFuzzer reads all arguments, and starts
// this program again with its own to minimise a corpus.
guard ChosenEntry.entry != nil else {
  for entry in FuzzEntry.all { print(entry.name) }
  exit(CommandLine.arguments.count > 1 ? 64 : 0)
}
var count = CommandLine.argc
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
exit(
  LLVMFuzzerRunDriver(&count, &arguments) { bytes, count in
    ChosenEntry.entry?.run(Array(UnsafeBufferPointer(start: bytes, count: count)))
    return 0
  })
