// How code is compiled for instructions that only some processors have; of no use outside this
// target.
//
// The passes of quantizer and context coder are compiled twice: with AVX2, and with AVX-512 where
// WIDE is 1. NAMED puts the set behind the name of a function.
#pragma once

#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))

#define PRAGMA(...) _Pragma(#__VA_ARGS__)
/// Every function up to END_TARGET may use these instructions.
#define BEGIN_TARGET(instructions) \
  PRAGMA(clang attribute push(__attribute__((target(instructions))), apply_to = function))
#define END_TARGET _Pragma("clang attribute pop")

#endif
