#include "scratch.h"

#include <stdlib.h>
#if defined(__linux__)
#include <sys/mman.h>
#endif

#include <new>

namespace gatewise {
namespace {

constexpr int64_t KEEP = int64_t(64) << 20;  // bytes, of the largest piece that is kept
constexpr int64_t LARGE = int64_t(2) << 20;  // from here on in large pages, where they can be had
enum { KEPT = 4 };                           // pieces: calls of several threads at once

struct Piece {
  void *data;
  int64_t bytes;
};

// A piece is taken out by swapping in nothing, so no two calls can hold the same one, and a child
// process that was forked in the middle finds nothing locked.
Piece *kept[KEPT];

Piece *take(int64_t bytes) {
  for (Piece *&place : kept) {
    Piece *piece = __atomic_exchange_n(&place, nullptr, __ATOMIC_ACQ_REL);
    if (!piece) continue;
    if (piece->bytes >= bytes) return piece;
    free(piece->data);
    delete piece;
  }
  return nullptr;
}

}  // namespace

void about_to_write(float *array, int64_t floats) {
#if defined(__linux__)
  uintptr_t from = reinterpret_cast<uintptr_t>(array), to = from + floats * 4;
  from = (from + LARGE - 1) / LARGE * LARGE, to = to / LARGE * LARGE;
  if (array && to > from) madvise(reinterpret_cast<void *>(from), to - from, MADV_HUGEPAGE);
#else
  (void)array, (void)floats;
#endif
}

Scratch::Scratch(int64_t floats) : data_(nullptr), bytes_(floats * 4) {
  if (Piece *piece = take(bytes_)) {
    data_ = static_cast<float *>(piece->data);
    bytes_ = piece->bytes;
    delete piece;
    return;
  }
  int64_t align = bytes_ >= LARGE ? LARGE : 64;
  void *data = nullptr;
  bytes_ = (bytes_ + align - 1) / align * align;
  if (posix_memalign(&data, align, bytes_ ? bytes_ : align)) throw std::bad_alloc();
#if defined(__linux__)
  if (bytes_ >= LARGE) madvise(data, bytes_, MADV_HUGEPAGE);  // advice: it may be refused
#endif
  data_ = static_cast<float *>(data);
}

Scratch::~Scratch() {
  if (bytes_ <= KEEP) {
    if (Piece *mine = new (std::nothrow) Piece{data_, bytes_}) {
      for (Piece *&place : kept) {
        Piece *nothing = nullptr;
        if (__atomic_compare_exchange_n(&place, &nothing, mine, false, __ATOMIC_ACQ_REL,
                                        __ATOMIC_RELAXED))
          return;
      }
      delete mine;
    }
  }
  free(data_);
}

}  // namespace gatewise
