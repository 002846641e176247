extension CodeRange {
  /// Writes one code per value (`CodeSteps`), a value outside the range taken as its nearer end.
  ///
  /// - Parameters:
  ///   - values: finite numbers.
  ///   - levels: the number of codes, 4…256.
  ///   - codes: gets the codes, from its start.
  /// - Precondition: the range's width is finite; `codes` has room.
  package func writeCodes(
    of values: UnsafeBufferPointer<Float>, levels: Int,
    to codes: UnsafeMutableBufferPointer<UInt8>
  ) {
    precondition(values.count <= codes.count, "there is room for a code per value")
    guard width > 0 else {
      unsafe codes[..<values.count].initialize(repeating: 0)
      return
    }
    let steps = CodeSteps(self, levels: levels)
    let (low, high) = (minimum, maximum)
    for index in 0..<values.count {
      let value = unsafe values[index]
      let raised = value > low ? value : low
      let held = raised < high ? raised : high
      unsafe codes[index] = steps.code(at: steps.position(of: held))
    }
  }

  /// Writes the value that each code stands for (`CodeSteps`).
  ///
  /// - Parameters:
  ///   - codes: any bytes.
  ///   - levels: the number of codes, 4…256.
  ///   - values: gets the values, from its start.
  /// - Precondition: the range's width is finite; `values` has room.
  package func writeValues(
    of codes: UnsafeBufferPointer<UInt8>, levels: Int,
    to values: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(codes.count <= values.count, "there is room for a value per code")
    let steps = CodeSteps(self, levels: levels)
    // 256 entries whatever the depth, so that no byte can index past the table.
    let table = (0...255).map { steps.value(of: $0) }
    unsafe table.withUnsafeBufferPointer { table in
      for index in 0..<codes.count { unsafe values[index] = table[Int(codes[index])] }
    }
  }
}
