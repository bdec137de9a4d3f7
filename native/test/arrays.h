/* An array that ends where a forbidden page begins, so that reading or writing past its end is a
 * crash even from vector instructions that a sanitizer does not see, and whose start is aligned to
 * four bytes only, as a caller's may be. Before it lie canaries. */
#ifndef GATEWISE_TEST_ARRAYS_H
#define GATEWISE_TEST_ARRAYS_H

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace test {

/* What an output holds before it is written: a NaN of its own, so that "never written" can be told
 * from a computed NaN and an input of that kind would show up in every result. */
constexpr uint32_t kUntouched = 0x7fc0beef;

template <class T>
class Guarded {
 public:
  Guarded() = default;
  explicit Guarded(int64_t count) : count_(count) {
    const int64_t page = sysconf(_SC_PAGESIZE);
    const int64_t bytes = count * int64_t(sizeof(T));
    whole_ = (bytes + kBefore + page - 1) / page * page;
    base_ = static_cast<char *>(mmap(nullptr, whole_ + page, PROT_READ | PROT_WRITE,
                                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    if (base_ == MAP_FAILED) abort();
    if (mprotect(base_ + whole_, page, PROT_NONE) != 0) abort();
    data_ = reinterpret_cast<T *>(base_ + whole_ - bytes);
    memset(base_, kCanary, whole_ - bytes);
    reset();
  }
  Guarded(Guarded &&other) noexcept { *this = std::move(other); }
  Guarded &operator=(Guarded &&other) noexcept {
    std::swap(base_, other.base_);
    std::swap(data_, other.data_);
    std::swap(count_, other.count_);
    std::swap(whole_, other.whole_);
    return *this;
  }
  ~Guarded() {
    if (base_ != nullptr) munmap(base_, whole_ + sysconf(_SC_PAGESIZE));
  }

  void reset() {
    for (int64_t i = 0; i < count_; ++i) {
      if constexpr (sizeof(T) == 4) {
        memcpy(&data_[i], &kUntouched, 4);
      } else {
        data_[i] = T();
      }
    }
  }
  bool untouched(int64_t i) const { return memcmp(&data_[i], &kUntouched, 4) == 0; }
  bool canaries_alive() const {
    for (const char *p = base_; p != nullptr && p < reinterpret_cast<const char *>(data_); ++p) {
      if (*p != kCanary) return false;
    }
    return true;
  }
  bool same_bits(const Guarded &other) const {
    return count_ == other.count_ && (count_ == 0 || memcmp(data_, other.data_, count_ * sizeof(T)) == 0);
  }

  T *data() { return data_; } /* NULL when it was made without a size */
  const T *data() const { return data_; }
  int64_t size() const { return count_; }
  T &operator[](int64_t i) { return data_[i]; }
  const T &operator[](int64_t i) const { return data_[i]; }

 private:
  static constexpr int64_t kBefore = 64;
  static constexpr char kCanary = 0x5a;
  char *base_ = nullptr;
  T *data_ = nullptr;
  int64_t count_ = 0, whole_ = 0;
};

}  // namespace test
#endif
