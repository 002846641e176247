/// The largest difference between two lists of numbers, relative to what is wanted where that is
/// above 1; not a number where one of them is none.
///
/// - Precondition: they are equally long.
package func largestDeviation(of values: [Float], from wanted: [Float]) -> Float {
  precondition(values.count == wanted.count, "every value has one that is wanted")
  var worst: Float = 0
  for index in values.indices {
    let deviation = abs(values[index] - wanted[index]) / max(1, abs(wanted[index]))
    if !(deviation <= worst) { worst = deviation }
  }
  return worst
}
