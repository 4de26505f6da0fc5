#if OpenInference
  #if canImport(Darwin)
    internal import Darwin
  #elseif canImport(Musl)
    internal import Musl
  #else
    internal import Glibc
  #endif

  /// The time of an answer, as HTTP writes it (RFC 9110, IMF-fixdate); it is written anew once a second.
  struct HTTPDate {
    private var second: time_t = -1
    private var written = ""

    /// Now.
    var text: String {
      mutating get {
        let now = time(nil)
        if now != second { (second, written) = (now, Self.text(of: now)) }
        return written
      }
    }

    /// A time in seconds since 1970.
    static func text(of second: time_t) -> String {
      var second = second
      var parts = tm()
      gmtime_r(&second, &parts)
      let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
      let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
      ]
      return days[Int(parts.tm_wday)] + ", " + padded(parts.tm_mday) + " "
        + months[Int(parts.tm_mon)] + " \(1900 + parts.tm_year) " + padded(parts.tm_hour) + ":"
        + padded(parts.tm_min) + ":" + padded(parts.tm_sec) + " GMT"
    }

    private static func padded(_ number: Int32) -> String {
      number < 10 ? "0\(number)" : "\(number)"
    }
  }
#endif
