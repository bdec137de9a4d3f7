// How a call's work is divided: which rows and units each thread takes, and where its scratch lies.
#ifndef GATEWISE_PLAN_H
#define GATEWISE_PLAN_H

#include <stdint.h>

#include <vector>

#include "part.h"
#include "threads.h"

namespace gatewise {

struct Plan {
  std::vector<int32_t> times;          // see Part
  std::vector<int32_t> rows, lengths;  // of the blocks, one after the other
  std::vector<Block> blocks;
  std::vector<Part> parts;  // direction by direction, team by team, member by member
  std::vector<Barrier> barriers;
  int members = 1;      // of each team
  int teams = 1;        // of each direction
  int at_once = 1;      // parts that run at the same time; others wait for them
  int64_t floats = 0;   // of scratch
  int64_t d_x_at = -1;  // where the second direction's d_x is in it
};

int64_t cache_bytes();  // of a processor's second-level cache

// How many threads a call is worth.
int threads_worth(const gw_call &call, int most);

// Throws std::bad_alloc.
void make_plan(const gw_call &call, const Isa &isa, int threads, bool backward, Plan *plan);

// Tells the parts where their scratch is.
void place(Plan *plan, const Isa &isa, bool backward, float *scratch);

}  // namespace gatewise
#endif
