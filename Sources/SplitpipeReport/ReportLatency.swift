/// Ways to use a device, a link and a server, and what each takes of them. A page has one at most.
package struct ReportLatency: Sendable, Encodable {
  package struct Row: Sendable, Encodable {
    package var name: String
    /// Seconds of a frame at speed 1 of device and server.
    package var device: Double
    package var server: Double
    /// 0 where nothing crosses.
    package var bytes: Double

    package init(name: String, device: Double, server: Double, bytes: Double) {
      self.name = name
      self.device = device
      self.server = server
      self.bytes = bytes
    }
  }

  package var rows: [Row]
  /// Where the reader begins: bits a second, seconds, speeds.
  package var link: Double
  package var roundTrip: Double
  package var device: Double
  package var server: Double

  package init(
    rows: [Row], link: Double, roundTrip: Double, device: Double, server: Double
  ) {
    self.rows = rows
    self.link = link
    self.roundTrip = roundTrip
    self.device = device
    self.server = server
  }

  /// Controls, the answer, and the plot, which the script fills.
  var html: String {
    """
    <figure class="latency">
    <div class="controls">
    <label>Link <output id="latency-link-text"></output>
    <input type="range" id="latency-link" min="-1" max="3" step="0.01"></label>
    <label>Round trip <output id="latency-trip-text"></output>
    <input type="range" id="latency-trip" min="0" max="300" step="1"></label>
    <label>Speed of the device <output id="latency-device-text"></output>
    <input type="range" id="latency-device" min="-2" max="1" step="0.01"></label>
    <label>Speed of the server <output id="latency-server-text"></output>
    <input type="range" id="latency-server" min="-1" max="2" step="0.01"></label>
    </div>
    <p class="answer" id="latency-answer" aria-live="polite"></p>
    <div class="plot bars" style="--rows:\(rows.count)">
    <canvas id="latency" role="img" aria-label="Latency of a frame by device, link and server. The \
    numbers at the settings of the command are in the table below."></canvas></div>
    <figcaption>Milliseconds from a frame to its boxes, no other frame in the way. Speeds are those of \
    the machine that measured, times what is set here.</figcaption>
    </figure>

    """
  }
}
