// The quantizer for processors with AVX2.
#include "quantize_target.h"

#if defined(__x86_64__)
#define WIDE 0
#define NAMED(function) csplitpipe_##function##_avx2
BEGIN_TARGET(QUANTIZE_AVX2)
#include "quantize_passes.h"
END_TARGET
#endif
