// Which of the kernels a processor gets.
#include "context_target.h"

#if defined(__x86_64__)

csplitpipe_vectors csplitpipe_context_vectors(void) {
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("bmi2")
      || !__builtin_cpu_supports("popcnt") || !__builtin_cpu_supports("lzcnt")) {
    return CSPLITPIPE_VECTORS_NONE;
  }
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
      && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")
      && __builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("avx512vnni")) {
    return CSPLITPIPE_VECTORS_AVX512;
  }
  return CSPLITPIPE_VECTORS_AVX2;
}

size_t csplitpipe_record(
    csplitpipe_vectors vectors, const csplitpipe_plane *plane, uint32_t *events) {
  return vectors == CSPLITPIPE_VECTORS_AVX512 ? csplitpipe_record_avx512(plane, events)
                                              : csplitpipe_record_avx2(plane, events);
}

void csplitpipe_read(
    csplitpipe_vectors vectors, const csplitpipe_plane *plane, csplitpipe_reader *reader) {
  if (vectors == CSPLITPIPE_VECTORS_AVX512) {
    csplitpipe_read_avx512(plane, reader);
  } else {
    csplitpipe_read_avx2(plane, reader);
  }
}

#else

csplitpipe_vectors csplitpipe_context_vectors(void) { return CSPLITPIPE_VECTORS_NONE; }
size_t csplitpipe_record(
    csplitpipe_vectors vectors, const csplitpipe_plane *plane, uint32_t *events) {
  return 0;
}
void csplitpipe_read(
    csplitpipe_vectors vectors, const csplitpipe_plane *plane, csplitpipe_reader *reader) {
  reader->is_spent = 1;
}

#endif
