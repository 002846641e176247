import SplitpipeCore
import Testing

@testable import SplitpipeSynth

@Suite struct OcclusionTests {
  /// A layer with an opaque rectangle over its first `columns` columns and all `rows` rows.
  private func block(columns: Int, rows: Int) throws -> Layer {
    let layer = try Layer(size: PixelSize(width: columns, height: rows))
    layer.pen.rectangle(0, 0, Double(columns), Double(rows), Colour.white)
    return layer
  }

  @Test func `the box goes around what is visible`() throws {
    var ownership = Ownership(width: 100, height: 96)
    ownership.claim(
      try block(columns: 40, rows: 20), kind: .car, left: 10, top: 30, width: 40, height: 20)
    // Covers the right half.
    ownership.claim(
      try block(columns: 30, rows: 60), kind: .person, left: 30, top: 10, width: 30, height: 60)
    let car = try #require(ownership.visible().first)
    #expect(car.kind == .car)
    #expect([car.x, car.y, car.width, car.height] == [10, 30, 20, 20])
    #expect(car.area == 400)
    #expect(car.visibleShare == 0.5)
  }

  @Test func `the frame's border cuts boxes and counts as hidden`() throws {
    var ownership = Ownership(width: 100, height: 96)
    ownership.claim(
      try block(columns: 40, rows: 20), kind: .bus, left: -10, top: 86, width: 40, height: 20)
    let bus = try #require(ownership.visible().first)
    #expect([bus.x, bus.y, bus.width, bus.height] == [0, 86, 30, 10])
    #expect(bus.visibleShare == 300.0 / 800)
  }

  @Test func `less than a quarter visible is not labelled`() throws {
    var ownership = Ownership(width: 100, height: 96)
    ownership.claim(
      try block(columns: 40, rows: 20), kind: .dog, left: -30, top: 10, width: 40, height: 20)
    ownership.claim(
      try block(columns: 40, rows: 20), kind: .dog, left: -31, top: 60, width: 40, height: 20)
    #expect(ownership.visible().map(\.y) == [10])
  }

  @Test func `what is not labelled still hides what is behind it`() throws {
    var ownership = Ownership(width: 100, height: 96)
    ownership.claim(
      try block(columns: 20, rows: 20), kind: .person, left: 10, top: 10, width: 20, height: 20)
    ownership.claim(
      try block(columns: 30, rows: 30), kind: nil, left: 5, top: 5, width: 30, height: 30)
    #expect(ownership.visible().isEmpty)
    ownership.reset()
    #expect(ownership.visible().isEmpty)
  }
}
