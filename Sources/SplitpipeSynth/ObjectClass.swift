/// What a labelled object is; raw values are the indices of the demo model's classes.
package enum ObjectClass: Int, CaseIterable, Sendable {
  case person, bicycle, car, bus, dog

  package var name: String {
    switch self {
    case .person: "person"
    case .bicycle: "bicycle"
    case .car: "car"
    case .bus: "bus"
    case .dog: "dog"
    }
  }
}
