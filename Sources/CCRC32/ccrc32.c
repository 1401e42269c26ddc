// CRC-32 (polynomial 0x04C11DB7, bits reflected) with the processor's own instructions.
//
// Swift has no access to them, and zlib 1.2 and 1.3 use them on no x86_64. Every event and every page is hashed, so with zlib's
// tables this was 80 % of the cost of an event that nobody wants. Where the processor has neither, zlib does it.

#include "ccrc32.h"

#include <zlib.h>

#if defined(__x86_64__)

#include <cpuid.h>
#include <immintrin.h>

// "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction", Intel, 2009. Each constant is x^n modulo the
// polynomial, reflected; n is the distance over which bits are folded.
#define FOLD_512 _mm_set_epi64x(0x1c6e41596, 0x154442bd4)
#define FOLD_128 _mm_set_epi64x(0x0ccaa009e, 0x1751997d0)
#define FOLD_64 _mm_set_epi64x(0, 0x163cd6124)
// The polynomial in the low half, and x^64 divided by it in the high half, for Barrett's reduction.
#define POLYNOMIAL _mm_set_epi64x(0x1f7011641, 0x1db710641)

#define CARRYLESS __attribute__((target("pclmul,sse4.1")))

CARRYLESS static inline __m128i load(const unsigned char *bytes) { return _mm_loadu_si128((const __m128i *)bytes); }

/// `folded` moved over the distance of `constants`, and added to `next`.
CARRYLESS static inline __m128i fold(__m128i folded, __m128i constants, __m128i next) {
  __m128i low = _mm_clmulepi64_si128(folded, constants, 0x00);
  __m128i high = _mm_clmulepi64_si128(folded, constants, 0x11);
  return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

/// 128 bits to the 32 of the remainder.
CARRYLESS static uint32_t reduce(__m128i folded) {
  const __m128i low_32 = _mm_setr_epi32(-1, 0, 0, 0);
  __m128i sum = _mm_xor_si128(_mm_srli_si128(folded, 8), _mm_clmulepi64_si128(folded, FOLD_128, 0x10));
  sum = _mm_xor_si128(_mm_srli_si128(sum, 4), _mm_clmulepi64_si128(_mm_and_si128(sum, low_32), FOLD_64, 0x00));
  __m128i quotient = _mm_clmulepi64_si128(_mm_and_si128(sum, low_32), POLYNOMIAL, 0x10);
  __m128i product = _mm_clmulepi64_si128(_mm_and_si128(quotient, low_32), POLYNOMIAL, 0x00);
  return (uint32_t)_mm_extract_epi32(_mm_xor_si128(sum, product), 1);
}

/// `count` is a multiple of 16, and at least 64.
CARRYLESS static uint32_t hash(uint32_t crc, const unsigned char *bytes, size_t count) {
  __m128i lanes[4];
  for (int lane = 0; lane < 4; lane++) lanes[lane] = load(bytes + 16 * lane);
  lanes[0] = _mm_xor_si128(lanes[0], _mm_cvtsi32_si128((int)~crc));
  for (bytes += 64, count -= 64; count >= 64; bytes += 64, count -= 64)
    for (int lane = 0; lane < 4; lane++) lanes[lane] = fold(lanes[lane], FOLD_512, load(bytes + 16 * lane));
  __m128i folded = lanes[0];
  for (int lane = 1; lane < 4; lane++) folded = fold(folded, FOLD_128, lanes[lane]);
  for (; count > 0; bytes += 16, count -= 16) folded = fold(folded, FOLD_128, load(bytes));
  return ~reduce(folded);
}

static int is_supported(void) {
  unsigned a, b, c, d;
  return __get_cpuid(1, &a, &b, &c, &d) && (c & bit_PCLMUL) && (c & bit_SSE4_1);
}

#define BLOCK_BYTES 16
#define LEAST_BYTES 64

#elif defined(__aarch64__) && defined(__linux__)

#include <arm_acle.h>
#include <asm/hwcap.h>
#include <string.h>
#include <sys/auxv.h>

/// `count` is a multiple of 8.
__attribute__((target("crc"))) static uint32_t hash(uint32_t crc, const unsigned char *bytes, size_t count) {
  crc = ~crc;
  for (; count > 0; bytes += 8, count -= 8) {
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    crc = __crc32d(crc, word);
  }
  return ~crc;
}

static int is_supported(void) { return (getauxval(AT_HWCAP) & HWCAP_CRC32) != 0; }

#define BLOCK_BYTES 8
#define LEAST_BYTES 8

#else

static uint32_t hash(uint32_t crc, const unsigned char *bytes, size_t count) { return crc32_z(crc, bytes, count); }
static int is_supported(void) { return 0; }

#define BLOCK_BYTES 1
#define LEAST_BYTES 0

#endif

uint32_t ccrc32(uint32_t crc, const void *bytes, size_t count) {
  static _Atomic signed char supported = -1;
  if (supported < 0) supported = (signed char)is_supported();
  // zlib takes no bytes at all for a question about its first value.
  if (count == 0) return crc;
  size_t whole = supported && count >= LEAST_BYTES ? count - count % BLOCK_BYTES : 0;
  if (whole > 0) crc = hash(crc, bytes, whole);
  return whole < count ? (uint32_t)crc32_z(crc, (const unsigned char *)bytes + whole, count - whole) : crc;
}
