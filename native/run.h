#ifndef GATEWISE_RUN_H
#define GATEWISE_RUN_H

#include "part.h"

namespace gatewise {

// A call that was checked, on at most so many threads. Throws std::bad_alloc.
void run(const gw_call &call, const Isa &isa, int threads, bool backward);

}  // namespace gatewise
#endif
