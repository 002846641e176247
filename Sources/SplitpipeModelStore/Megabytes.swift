/// A number of bytes for people, in millions with one decimal.
func megabytes(_ bytes: Int) -> String {
  let tenths = bytes / 100_000 + (bytes % 100_000 >= 50_000 ? 1 : 0)
  return "\(tenths / 10).\(tenths % 10) MB"
}
