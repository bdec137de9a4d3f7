// Working memory of a call, kept for the next one.
#ifndef GATEWISE_SCRATCH_H
#define GATEWISE_SCRATCH_H

#include <stdint.h>

namespace gatewise {

// Fresh memory costs a page fault every 4 KiB, more than the arithmetic of a small layer; so a
// piece is kept when its call ends, unless it is large.
class Scratch {
 public:
  explicit Scratch(int64_t floats);  // throws std::bad_alloc
  ~Scratch();
  Scratch(const Scratch &) = delete;
  Scratch &operator=(const Scratch &) = delete;
  float *data() const { return data_; }

 private:
  float *data_;
  int64_t bytes_;
};

// Tells the system that a caller's array is about to be written whole. A large array is often fresh
// memory, and faults in at 4 KiB a time unless it may use large pages.
void about_to_write(float *array, int64_t floats);

}  // namespace gatewise
#endif
