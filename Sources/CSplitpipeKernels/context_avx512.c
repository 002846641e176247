// The context coder for processors with AVX-512.
#include "context_target.h"

#if defined(__x86_64__)
#define WIDE 1
BEGIN_AVX512
#include "context_plane.h"

size_t csplitpipe_record_avx512(const csplitpipe_plane *plane, uint32_t *events) {
  return record(plane, events);
}

void csplitpipe_read_avx512(const csplitpipe_plane *plane, csplitpipe_reader *reader) {
  read(plane, reader);
}
END_TARGET
#endif
