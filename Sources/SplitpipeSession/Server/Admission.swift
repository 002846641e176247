import SplitpipeConcurrency
import SplitpipeCore
import Synchronization

extension TailServer {
  /// Tail time that live cameras may ask for, over that which there is.
  func load(of sessions: [ServerSession]) -> Double {
    let asked = schedule.look { schedule in
      sessions.reduce(0.0) { sum, session in
        guard let rate = session.request.frameRate else { return sum }
        return sum + rate * schedule.cost(of: session.identifier)
      }
    }
    return asked / Double(workerCount)
  }

  /// Makes a stream the owner of its camera.
  ///
  /// - Parameters:
  ///   - request: what it asks for.
  ///   - peer: who asks.
  /// - Returns: the session; the stream that owned the camera before has been told to end.
  /// - Throws: `SessionProblem` where there is no room, or another stream of the camera is newer.
  func claim(_ request: CameraRequest, peer: Peer) throws(SessionProblem) -> ServerSession {
    let claimed = registry.change {
      registry -> Result<(ServerSession, ServerSession?), SessionProblem> in
      guard !registry.isDraining else { return .failure(.draining) }
      let before = registry.sessions[request.camera]
      if let before, before.request.epoch >= request.epoch {
        return .failure(
          SessionProblem(
            .aborted,
            "the camera \"\(request.camera)\" has a newer connection, from \(before.peer.address); "
              + "give each camera a name of its own"))
      }
      guard before != nil || registry.sessions.count < limits.sessions else {
        return .failure(
          SessionProblem(
            .resourceExhausted, "this server has its \(limits.sessions) cameras",
            retryAfter: .seconds(5)))
      }
      registry.lastIdentifier += 1
      let session = ServerSession(registry.lastIdentifier, request, peer: peer)
      registry.sessions[request.camera] = session
      return .success((session, before))
    }
    let (session, before) = try claimed.get()
    before?.end(
      SessionProblem(
        .aborted,
        "a newer connection of the camera \"\(request.camera)\", from \(peer.address), has taken over"
      ))
    return session
  }

  /// A stream is over.
  func release(_ session: ServerSession) {
    registry.change { registry in
      let camera = session.request.camera
      if registry.sessions[camera] === session { registry.sessions[camera] = nil }
    }
    schedule.change { $0.remove(session.identifier) }
  }

  /// As `givenRate()`, worked out once for all cameras that are told of it in one interval.
  func recentGivenRate() -> Double? {
    let now = MonotonicTime.now
    if let last = lastGivenRate.withLock({ $0 }), now < last.until { return last.rate }
    let rate = givenRate()
    lastGivenRate.withLock { $0 = (rate, now + limits.feedbackInterval) }
    return rate
  }

  /// Frames a second that each live camera gets when all ask for more than there is; nil where what they
  /// announce can be done.
  func givenRate() -> Double? {
    let sessions = registry.look { $0.sessions.values.filter { $0.request.frameRate != nil } }
    guard load(of: sessions) > limits.load, !sessions.isEmpty else { return nil }
    let cost = schedule.look { schedule in
      sessions.reduce(0.0) { $0 + schedule.cost(of: $1.identifier) } / Double(sessions.count)
    }
    return limits.load * Double(workerCount) / (cost * Double(sessions.count))
  }
}

extension SessionProblem {
  static let draining = SessionProblem(
    .unavailable, "the server is stopping", retryAfter: .seconds(1))
}
