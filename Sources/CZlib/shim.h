#pragma once
#include <zlib.h>

// inflateInit2 is a macro. `windowBits`: 31 for gzip, -15 for the raw stream of a zip entry (zlib manual).
static inline int kubedl_inflate_begin(z_stream *stream, int windowBits) { return inflateInit2(stream, windowBits); }
