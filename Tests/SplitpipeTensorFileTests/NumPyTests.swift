import SplitpipeCore
import SplitpipeTensorFile
import SplitpipeTestSupport
import Testing

@Suite struct `NumPy files` {
  private func values(_ file: [UInt8], knowsItsEnd: Bool = true) throws -> Tensor<Float> {
    let source = MemorySource(file, name: "x.npy", knowsItsEnd: knowsItsEnd)
    var reader = try NumPyReader(source)
    let tensor = try reader.next(reader.header.shape)
    try reader.finish()
    return tensor
  }

  @Test(arguments: [1, 2, 3] as [UInt8], [false, true])
  func `are read in every version and byte order`(version: UInt8, bigEndian: Bool) throws {
    let file = npy(
      bigEndian ? "'>f4'" : "'<f4'", shape: "(2, 3)", version: version,
      values: floatBytes([0, -1.5, 2, 3e38, 1e-38, 6], bigEndian: bigEndian))
    for knowsItsEnd in [true, false] {
      let tensor = try values(file, knowsItsEnd: knowsItsEnd)
      #expect(tensor.shape == Shape([2, 3]))
      #expect(tensor.values == [0, -1.5, 2, 3e38, 1e-38, 6])
    }
  }

  @Test(
    arguments: [
      ("()", []), ("(3,)", [3]), ("(2,3)", [2, 3]), ("( 2 , 3L , )", [2, 3]), ("(0, 5)", [0, 5]),
    ] as [(String, [Int])])
  func `may spell their shape in all of Python's ways`(text: String, shape: [Int]) throws {
    let count = shape.reduce(1, *)
    let file = npy(shape: text, values: floatBytes([Float](repeating: 1, count: count)))
    #expect(try values(file).shape.dimensions == shape)
  }

  @Test func `may have their keys in any order and quoted either way`() throws {
    let text = #"  {"shape": (1,),"fortran_order":True, "descr" : '<f4'}"# + "   \n"
    #expect(try values(npy(text: text, values: floatBytes([7]))).values == [7])
  }

  @Test(arguments: [
    ("'<f8'", "float64 (<f8)"), ("'<f2'", "float16 (<f2)"), ("'|u1'", "uint8 (|u1)"),
    ("'>i4'", "int32 (>i4)"), ("'|b1'", "bool (|b1)"), ("'<c8'", "complex64 (<c8)"),
    ("'|O'", "of the type \"|O\""), ("'<U3'", "of the type \"<U3\""), ("''", "of the type \"\""),
    ("[('a', '<f4')]", "records"),
  ])
  func `of other types are refused by name with the way to convert`(
    descr: String, words: String
  ) throws {
    let file = npy(descr, shape: "(1,)", values: [0, 0, 0, 0])
    let error = #expect(throws: SplitpipeError.self) { try values(file) }
    #expect(error?.kind == .badData)
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
    #expect(error?.message.contains("float32") == true)
  }

  @Test func `in Fortran order are refused unless it makes no difference`() throws {
    let file = npy(fortran: "True", shape: "(2, 2)", values: floatBytes([1, 2, 3, 4]))
    let error = #expect(throws: SplitpipeError.self) { try values(file) }
    #expect(error?.message.contains("ascontiguousarray") == true)
    let flat = npy(fortran: "True", shape: "(1, 2, 1)", values: floatBytes([1, 2]))
    #expect(try values(flat).values == [1, 2])
  }

  @Test(arguments: [
    "{'descr': '<f4', 'fortran_order': False}", "{}", "", "(1,)", "{'descr': '<f4'",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'more': 1}",
    "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,)}",
    "{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': 1}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': ('1',)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904,)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': ((((((((((((((1,)))))))))))))))}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} and more",
    "{'descr': '<f\\x34', 'fortran_order': False, 'shape': (1,)}",
  ])
  func `with another header are refused`(text: String) {
    let file = npy(text: text, values: [0, 0, 0, 0])
    let error = #expect(throws: SplitpipeError.self) { try values(file) }
    #expect(error?.kind == .badData)
    #expect(error?.message.hasPrefix("cannot read \"x.npy\": ") == true)
  }

  @Test func `that announce a longer header than any are refused before it is read`() {
    var file = npy(shape: "(1,)", version: 2, values: [0, 0, 0, 0])
    file.replaceSubrange(8..<12, with: [0xFF, 0xFF, 0xFF, 0xFF])
    let error = #expect(throws: SplitpipeError.self) { try values(file) }
    #expect(error?.message.contains("4294967295 bytes") == true)
  }

  @Test func `cut off anywhere or with more at the end are refused`() throws {
    let file = npy([2, 3], [1, 2, 3, 4, 5, 6])
    for knowsItsEnd in [true, false] {
      for length in 0..<file.count {
        let error = #expect(throws: SplitpipeError.self) {
          try values(Array(file[..<length]), knowsItsEnd: knowsItsEnd)
        }
        #expect(error?.kind == .badData, "\(length)")
      }
      #expect(throws: SplitpipeError.self) { try values(file + [0], knowsItsEnd: knowsItsEnd) }
    }
  }

  @Test(arguments: 0..<200 as Range<UInt64>)
  func `with any byte changed are read or refused`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var file = npy([2, 3], [1, 2, 3, 4, 5, 6])
    for _ in 0..<Int.random(in: 1...4, using: &generator) {
      let place = Int.random(in: 0..<file.count, using: &generator)
      file[place] = UInt8.random(in: 0...255, using: &generator)
    }
    do {
      _ = try values(file)
    } catch {
      #expect((error as? SplitpipeError)?.kind == .badData, "seed \(seed): \(error)")
    }
  }

  @Test(arguments: [[1], [1, 1, 1, 1], [9_999_999, 2]] as [[Int]])
  func `have the header NumPy writes`(extents: [Int]) throws {
    let header = NumPyHeader(shape: Shape(extents)).serialized
    #expect(header.count % 64 == 0 && header.last == 0x0A)
    let tuple = extents.map(String.init).joined(separator: ", ") + (extents.count == 1 ? "," : "")
    let text = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(tuple)), }"
    #expect(String(decoding: header[10...], as: UTF8.self).hasPrefix(text + " "))
  }
}
