/// Uses the library as a package of somebody else's does, and stops at the first surprise.
@main
struct Example {
  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count == 3 else { throw Surprise("give a model and a picture") }
    try CodecExample.run()
    try EndpointsExample(model: arguments[1], picture: arguments[2]).run()
  }
}

/// What the example did not expect.
struct Surprise: Error {
  let description: String

  init(_ description: String) { self.description = description }
}
