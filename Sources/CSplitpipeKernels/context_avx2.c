// The context coder for processors with AVX2.
#include "context_target.h"

#if defined(__x86_64__)
#define WIDE 0
BEGIN_AVX2
#include "context_plane.h"

size_t csplitpipe_record_avx2(const csplitpipe_plane *plane, uint32_t *events) {
  return record(plane, events);
}

void csplitpipe_read_avx2(const csplitpipe_plane *plane, csplitpipe_reader *reader) {
  read(plane, reader);
}
END_TARGET
#endif
