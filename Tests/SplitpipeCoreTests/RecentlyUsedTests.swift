import SplitpipeCore
import Testing

@Suite struct `Values used recently` {
  private struct Failure: Error {}

  @Test func `are made once, and again after others have taken their place`() {
    var cache = RecentlyUsed<Int, String>(capacity: 2)
    var made: [Int] = []
    let found = [1, 2, 1, 3, 1, 2, 3].map { key in
      cache.value(of: key) {
        made.append(key)
        return "\(key)"
      }
    }
    #expect(found == ["1", "2", "1", "3", "1", "2", "3"])
    #expect(made == [1, 2, 3, 2, 3])
  }

  @Test func `keep what was changed in them, also where the change failed later`() {
    var cache = RecentlyUsed<Int, [String]>(capacity: 1)
    cache.use(1, make: { [] }) { $0.append("a") }
    #expect(throws: Failure.self) {
      try cache.use(1, make: { [] }) {
        $0.append("b")
        throw Failure()
      }
    }
    #expect(cache.value(of: 1) { [] } == ["a", "b"])
  }

  @Test func `stay when a new one cannot be made`() {
    var cache = RecentlyUsed<Int, Int>(capacity: 1)
    #expect(cache.value(of: 1) { 10 } == 10)
    #expect(throws: Failure.self) { try cache.value(of: 2) { throw Failure() } }
    #expect(cache.value(of: 1) { 20 } == 10)
  }

  @Test func `need room for one`() async {
    await #expect(processExitsWith: .failure) { _ = RecentlyUsed<Int, Int>(capacity: 0) }
  }
}
