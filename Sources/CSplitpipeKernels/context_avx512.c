// The context coder for processors with AVX-512.
#include "context_target.h"

#if defined(__x86_64__)
#define WIDE 1
#define NAMED(function) csplitpipe_##function##_avx512
BEGIN_TARGET(CONTEXT_AVX512)
#include "context_plane.h"
END_TARGET
#endif
