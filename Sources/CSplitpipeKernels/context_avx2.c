// The context coder for processors with AVX2.
#include "context_target.h"

#if defined(__x86_64__)
#define WIDE 0
#define NAMED(function) csplitpipe_##function##_avx2
BEGIN_TARGET(CONTEXT_AVX2)
#include "context_plane.h"
END_TARGET
#endif
