// The library's own threads: started when first needed, asleep between calls.
#ifndef GATEWISE_THREADS_H
#define GATEWISE_THREADS_H

#include <stdint.h>

#include "part.h"

namespace gatewise {

int processors();  // those this process may run on

// Holds the threads for one call; while it lives, other calls that want several threads wait, so
// that two calls at once never run more threads than one was given.
class Crew {
 public:
  // The caller counts as one; a crew of one waits for nobody. Who does not wait while another call
  // holds the threads is alone.
  explicit Crew(int wanted, bool waits = true);
  ~Crew();
  Crew(const Crew &) = delete;
  Crew &operator=(const Crew &) = delete;

  int size() const { return size_; }  // at least 1; fewer than wanted where no more can be started

  // Calls work(context, index) for index 0..count-1, each on a thread of its own and all at once;
  // count is at most size(). Returns when all are done.
  void run(int count, void (*work)(void *context, int index), void *context);

  // The same for pieces that do not wait for each other: a thread takes the next one when it comes
  // to it, and the caller takes what nobody else has begun, so that it never waits for a sleeper.
  void share(int count, void (*work)(void *context, int index), void *context);

 private:
  int size_;
  bool borrowed_ = false;  // the threads are those of OpenMP
};

// From now on crews borrow the threads of the OpenMP runtime that has these functions.
void borrow_openmp(void *parallel, void *in_parallel, void *get_dynamic, void *get_thread_limit);

struct Barrier {
  explicit Barrier(int members) : members(members) {}
  int members;
  int arrived = 0, round = 0;  // touched with atomic built-ins only
};

}  // namespace gatewise
#endif
