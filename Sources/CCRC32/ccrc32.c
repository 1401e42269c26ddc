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
#define FOLD_1024 _mm_set_epi64x(0x14a7fe880, 0x1e88ef372)
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
CARRYLESS static uint32_t hash_narrow(uint32_t crc, const unsigned char *bytes, size_t count) {
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

#define WIDE __attribute__((target("vpclmulqdq,avx2,pclmul,sse4.1")))

WIDE static inline __m256i load_wide(const unsigned char *bytes) { return _mm256_loadu_si256((const __m256i *)bytes); }

/// `fold` for two blocks at a time.
WIDE static inline __m256i fold_wide(__m256i folded, __m256i constants, __m256i next) {
  __m256i low = _mm256_clmulepi64_epi128(folded, constants, 0x00);
  __m256i high = _mm256_clmulepi64_epi128(folded, constants, 0x11);
  return _mm256_xor_si256(_mm256_xor_si256(low, high), next);
}

/// `count` is a multiple of 16, and at least 128. Of 8 KiB this takes half the time of `hash_narrow`.
WIDE static uint32_t hash_wide(uint32_t crc, const unsigned char *bytes, size_t count) {
  const __m256i constants = _mm256_broadcastsi128_si256(FOLD_1024);
  __m256i lanes[4];
  for (int lane = 0; lane < 4; lane++) lanes[lane] = load_wide(bytes + 32 * lane);
  lanes[0] = _mm256_xor_si256(lanes[0], _mm256_zextsi128_si256(_mm_cvtsi32_si128((int)~crc)));
  for (bytes += 128, count -= 128; count >= 128; bytes += 128, count -= 128)
    for (int lane = 0; lane < 4; lane++) lanes[lane] = fold_wide(lanes[lane], constants, load_wide(bytes + 32 * lane));
  __m128i folded = fold(_mm256_castsi256_si128(lanes[0]), FOLD_128, _mm256_extracti128_si256(lanes[0], 1));
  for (int lane = 1; lane < 4; lane++) {
    folded = fold(folded, FOLD_128, _mm256_castsi256_si128(lanes[lane]));
    folded = fold(folded, FOLD_128, _mm256_extracti128_si256(lanes[lane], 1));
  }
  for (; count > 0; bytes += 16, count -= 16) folded = fold(folded, FOLD_128, load(bytes));
  return ~reduce(folded);
}

static uint32_t hash(uint32_t crc, const unsigned char *bytes, size_t count, int level) {
  return level >= 2 && count >= 128 ? hash_wide(crc, bytes, count) : hash_narrow(crc, bytes, count);
}

/// True if the system keeps the registers of 256 bits when it switches threads.
static int keeps_wide_registers(void) {
  unsigned low, high;
  __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (low & 6) == 6;
}

/// 0 for no instructions, 1 for those of 128 bits, 2 for those of 256 bits.
static int supported_level(void) {
  unsigned a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_PCLMUL) || !(c & bit_SSE4_1)) return 0;
  if (!(c & bit_OSXSAVE) || !keeps_wide_registers()) return 1;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_AVX2) && (c & bit_VPCLMULQDQ) ? 2 : 1;
}

#define BLOCK_BYTES 16
#define LEAST_BYTES 64

#elif defined(__aarch64__) && defined(__linux__)

#include <arm_acle.h>
#include <asm/hwcap.h>
#include <string.h>
#include <sys/auxv.h>

/// `count` is a multiple of 8.
__attribute__((target("crc"))) static uint32_t hash(uint32_t crc, const unsigned char *bytes, size_t count, int level) {
  (void)level;
  crc = ~crc;
  for (; count > 0; bytes += 8, count -= 8) {
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    crc = __crc32d(crc, word);
  }
  return ~crc;
}

static int supported_level(void) { return (getauxval(AT_HWCAP) & HWCAP_CRC32) != 0; }

#define BLOCK_BYTES 8
#define LEAST_BYTES 8

#else

static uint32_t hash(uint32_t crc, const unsigned char *bytes, size_t count, int level) {
  (void)level;
  return (uint32_t)crc32_z(crc, bytes, count);
}
static int supported_level(void) { return 0; }

#define BLOCK_BYTES 1
#define LEAST_BYTES 0

#endif

uint32_t ccrc32(uint32_t crc, const void *bytes, size_t count) { return ccrc32_up_to(2, crc, bytes, count); }

uint32_t ccrc32_up_to(int limit, uint32_t crc, const void *bytes, size_t count) {
  static _Atomic signed char supported = -1;
  if (supported < 0) supported = (signed char)supported_level();
  int level = supported < limit ? supported : limit;
  // zlib takes no bytes at all for a question about its first value.
  if (count == 0) return crc;
  size_t whole = level > 0 && count >= LEAST_BYTES ? count - count % BLOCK_BYTES : 0;
  if (whole > 0) crc = hash(crc, bytes, whole, level);
  return whole < count ? (uint32_t)crc32_z(crc, (const unsigned char *)bytes + whole, count - whole) : crc;
}
