#if OpenInference
  internal import Foundation

  /// The time of an answer, as HTTP writes it (RFC 9110, IMF-fixdate); it is written anew once a second.
  struct HTTPDate {
    private static let style: Date.VerbatimFormatStyle = {
      let english = Locale(identifier: "en_US_POSIX")
      var calendar = Calendar(identifier: .gregorian)
      calendar.locale = english
      calendar.timeZone = .gmt
      return Date.VerbatimFormatStyle(
        format: """
          \(weekday: .abbreviated), \(day: .twoDigits) \(month: .abbreviated) \(year: .defaultDigits) \
          \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits)\
          :\(second: .twoDigits) GMT
          """, locale: english, timeZone: .gmt, calendar: calendar)
    }()

    private var second = -1
    private var written = ""

    /// Now.
    var text: String {
      mutating get {
        let now = Int(Date.now.timeIntervalSince1970)
        if now != second { (second, written) = (now, Self.text(of: now)) }
        return written
      }
    }

    /// A time in seconds since 1970.
    static func text(of second: Int) -> String {
      Date(timeIntervalSince1970: TimeInterval(second)).formatted(style)
    }
  }
#endif
