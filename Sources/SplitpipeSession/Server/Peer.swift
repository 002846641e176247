/// Who is at the other end of a stream, as was shown before anything it sent was decoded.
package struct Peer: Sendable {
  /// Whom it may speak for.
  package enum Identity: Sendable, Equatable {
    /// One of these cameras.
    case cameras(Set<CameraName>)
    /// Any camera: the server asks for no proof.
    case anyone
  }

  package let identity: Identity
  /// For people: where it is.
  package let address: String

  package init(_ identity: Identity, address: String) {
    self.identity = identity
    self.address = address
  }

  /// Whether it may speak for a camera.
  package func speaks(for camera: CameraName) -> Bool {
    switch identity {
    case .anyone: true
    case .cameras(let names): names.contains(camera)
    }
  }
}
