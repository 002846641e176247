// What the files of the context coder share; of no use outside this target.
#pragma once
#include "context.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))

/// Makes a compiler read an array's entries from memory one by one, where it would rather take them
/// out of the vectors that were stored there, at twice the work.
#define FROM_MEMORY(array) __asm__("" : "+m"(array))

/// Every function up to END_TARGET may use these instructions.
#define BEGIN_AVX2 \
  _Pragma("clang attribute push(__attribute__((target( \
      \"avx2,bmi,bmi2,popcnt,lzcnt\"))), apply_to = function)")
#define BEGIN_AVX512 \
  _Pragma("clang attribute push(__attribute__((target( \
      \"avx2,bmi,bmi2,popcnt,lzcnt,avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi2,avx512vnni\"))), \
      apply_to = function)")
#define END_TARGET _Pragma("clang attribute pop")

void csplitpipe_read_avx2(const csplitpipe_plane *plane, csplitpipe_reader *reader);
void csplitpipe_read_avx512(const csplitpipe_plane *plane, csplitpipe_reader *reader);
size_t csplitpipe_record_avx2(const csplitpipe_plane *plane, uint32_t *events);
size_t csplitpipe_record_avx512(const csplitpipe_plane *plane, uint32_t *events);

#endif
