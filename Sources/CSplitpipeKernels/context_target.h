// What the files of the context coder share; of no use outside this target.
#pragma once
#include "context.h"
#include "target.h"

#if defined(__x86_64__)

/// Makes a compiler read an array's entries from memory one by one, where it would rather take them
/// out of the vectors that were stored there, at twice the work.
#define FROM_MEMORY(array) __asm__("" : "+m"(array))

#define CONTEXT_AVX2 "avx2,bmi,bmi2,popcnt,lzcnt"
#define CONTEXT_AVX512 CONTEXT_AVX2 ",avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi2,avx512vnni"

void csplitpipe_read_avx2(const csplitpipe_plane *plane, csplitpipe_reader *reader);
void csplitpipe_read_avx512(const csplitpipe_plane *plane, csplitpipe_reader *reader);
size_t csplitpipe_record_avx2(const csplitpipe_plane *plane, uint32_t *events);
size_t csplitpipe_record_avx512(const csplitpipe_plane *plane, uint32_t *events);

#endif
