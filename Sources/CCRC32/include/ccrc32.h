#ifndef CCRC32_H
#define CCRC32_H

#include <stddef.h>
#include <stdint.h>

/// The CRC-32 of `count` bytes, continuing from `crc`, which is 0 at the start: what zlib's `crc32` gives.
uint32_t ccrc32(uint32_t crc, const void *bytes, size_t count);

/// The same with instructions of at most level `limit`: 0 for zlib's tables, 1 and 2 for the processor's own. For tests.
uint32_t ccrc32_up_to(int limit, uint32_t crc, const void *bytes, size_t count);

#endif
