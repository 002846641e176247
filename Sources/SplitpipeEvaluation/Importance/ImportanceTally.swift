/// Mean and spread of the importance of tensors over pictures.
struct ImportanceTally {
  /// Numbers one after the other: Welford, "Note on a method for calculating corrected sums of squares and
  /// products", 1962.
  struct Series {
    private(set) var count = 0
    private(set) var mean = 0.0
    private var squares = 0.0

    mutating func add(_ value: Double) {
      count += 1
      let before = value - mean
      mean += before / Double(count)
      squares += before * (value - mean)
    }

    /// Of the sample; 0 for fewer than two numbers.
    var deviation: Double { count > 1 ? (squares / Double(count - 1)).squareRoot() : 0 }
  }

  /// By tensor.
  private(set) var all: [Series]
  /// By class, then by tensor.
  private(set) var classes: [Int: [Series]] = [:]

  init(tensors: Int) { all = [Series](repeating: Series(), count: tensors) }

  /// Adds a picture.
  mutating func add(_ picture: PictureImportance) {
    for (index, value) in picture.values.enumerated() { all[index].add(value) }
    for (classIndex, values) in picture.classes {
      var series =
        classes[classIndex] ?? [Series](repeating: Series(), count: all.count)
      for (index, value) in values.enumerated() { series[index].add(value) }
      classes[classIndex] = series
    }
  }
}

/// The importance of every tensor for one picture.
struct PictureImportance: Codable, Sendable {
  /// The picture's place in the dataset.
  let image: Int
  /// By tensor; empty where the picture has nothing that could be differentiated.
  var values: [Double] = []
  /// By class that the picture shows, then by tensor.
  var classes: [Int: [Double]] = [:]
}
