// Sixteen floats in one vector with AVX-512, or eight with AVX2.
#pragma once
#include "quantize_target.h"

enum { block = 32 };

#if WIDE

typedef __m512 floats;
enum { width = 16 };

INLINE floats all(float x) { return _mm512_set1_ps(x); }
INLINE floats load(const float *from) { return _mm512_loadu_ps(from); }
INLINE void store(float *to, floats x) { _mm512_storeu_ps(to, x); }
INLINE floats lesser(floats a, floats b) { return _mm512_min_ps(a, b); }
INLINE floats greater(floats a, floats b) { return _mm512_max_ps(a, b); }
/// a · b + c and c − a · b, rounded once.
INLINE floats fused_add(floats a, floats b, floats c) { return _mm512_fmadd_ps(a, b, c); }
INLINE floats fused_subtract(floats a, floats b, floats c) { return _mm512_fnmadd_ps(a, b, c); }

INLINE floats of_bytes(const uint8_t *from) {
  return _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)from)));
}

/// Writes the low bytes of a block's floats.
INLINE void store_low_bytes(uint8_t *to, const floats *x) {
  for (int k = 0; k < block / width; k++) {
    _mm_storeu_si128(
        (__m128i *)(to + width * k), _mm512_cvtepi32_epi8(_mm512_castps_si512(x[k])));
  }
}

#else

typedef __m256 floats;
enum { width = 8 };

INLINE floats all(float x) { return _mm256_set1_ps(x); }
INLINE floats load(const float *from) { return _mm256_loadu_ps(from); }
INLINE void store(float *to, floats x) { _mm256_storeu_ps(to, x); }
INLINE floats lesser(floats a, floats b) { return _mm256_min_ps(a, b); }
INLINE floats greater(floats a, floats b) { return _mm256_max_ps(a, b); }
/// a · b + c and c − a · b, rounded once.
INLINE floats fused_add(floats a, floats b, floats c) { return _mm256_fmadd_ps(a, b, c); }
INLINE floats fused_subtract(floats a, floats b, floats c) { return _mm256_fnmadd_ps(a, b, c); }

INLINE floats of_bytes(const uint8_t *from) {
  return _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)from)));
}

INLINE __m256i low_byte(floats x) {
  return _mm256_and_si256(_mm256_castps_si256(x), _mm256_set1_epi32(0xFF));
}

/// Writes the low bytes of a block's floats.
INLINE void store_low_bytes(uint8_t *to, const floats *x) {
  // Packing works within halves of a register; this puts the fours of bytes back in order.
  const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
  __m256i bytes = _mm256_packus_epi16(
      _mm256_packus_epi32(low_byte(x[0]), low_byte(x[1])),
      _mm256_packus_epi32(low_byte(x[2]), low_byte(x[3])));
  _mm256_storeu_si256((__m256i *)to, _mm256_permutevar8x32_epi32(bytes, order));
}

#endif
