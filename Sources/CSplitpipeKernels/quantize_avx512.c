// The quantizer for processors with AVX-512.
#include "quantize_target.h"

#if defined(__x86_64__)
#define WIDE 1
#define NAMED(function) csplitpipe_##function##_avx512
BEGIN_TARGET(QUANTIZE_AVX512)
#include "quantize_passes.h"
END_TARGET
#endif
