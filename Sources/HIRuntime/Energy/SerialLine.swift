internal import Foundation

/// A serial line, opened for an instrument: raw, 8 data bits, no parity, 1 stop bit.
enum SerialLine {
  /// The constant of a rate, nil for one that is not in use.
  static func speed(baud: Int) -> speed_t? {
    let speeds: [Int: Int] = [
      1200: Int(B1200), 2400: Int(B2400), 4800: Int(B4800), 9600: Int(B9600),
      19200: Int(B19200), 38400: Int(B38400), 57600: Int(B57600), 115200: Int(B115200),
    ]
    return speeds[baud].map { speed_t($0) }
  }

  /// Opens a device.
  ///
  /// - Returns: a descriptor that does not block, the caller's to close.
  static func open(device: String, baud: Int) throws(MeterError) -> Int32 {
    let descriptor = Foundation.open(device, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
    func failure() -> MeterError {
      .cannotConnect(instrument: device, reason: String(cString: strerror(errno)))
    }
    guard descriptor >= 0 else { throw failure() }
    var settings = termios()
    guard tcgetattr(descriptor, &settings) == 0, let speed = speed(baud: baud) else {
      let reason = failure()
      close(descriptor)
      throw reason
    }
    cfmakeraw(&settings)
    settings.c_cflag |= tcflag_t(CLOCAL | CREAD)
    cfsetispeed(&settings, speed)
    cfsetospeed(&settings, speed)
    guard tcsetattr(descriptor, TCSANOW, &settings) == 0 else {
      let reason = failure()
      close(descriptor)
      throw reason
    }
    tcflush(descriptor, TCIOFLUSH)
    return descriptor
  }
}
