// Stands in for Synchronization's Mutex while Thread Sanitizer watches.
//
// On Linux the standard library's Mutex is precompiled around a futex that the sanitizer does not see,
// and so takes everything that it guards for a race. `scripts/sanitize` puts this file beside the sources
// of a copy of the package: a module's own type goes before an imported one of the same name.

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Glibc
#endif

/// A value behind a POSIX mutex.
///
/// Unchecked, since the compiler cannot see that `value` is touched with `lock` held alone; ``Mutex``, its
/// only user, does nothing else. In no product: it is copied beside the sources for a sanitizer's run.
final class MutexStorage<Value: ~Copyable>: @unchecked Sendable {
  let lock: UnsafeMutablePointer<pthread_mutex_t>
  var value: Value

  init(_ value: consuming Value) {
    lock = .allocate(capacity: 1)
    pthread_mutex_init(lock, nil)
    self.value = value
  }

  deinit {
    pthread_mutex_destroy(lock)
    lock.deallocate()
  }
}

struct Mutex<Value: ~Copyable>: ~Copyable, Sendable {
  private let storage: MutexStorage<Value>

  init(_ value: consuming sending Value) {
    storage = MutexStorage(value)
  }

  borrowing func withLock<Result: ~Copyable, Failure: Error>(
    _ body: (inout sending Value) throws(Failure) -> sending Result
  ) throws(Failure) -> sending Result {
    pthread_mutex_lock(storage.lock)
    defer { pthread_mutex_unlock(storage.lock) }
    return try body(&storage.value)
  }
}
