// What the dispatcher hands to the code of an instruction set: plain structs, no library types,
// so that nothing compiled for one instruction set can be linked into another's path.
#ifndef GATEWISE_PART_H
#define GATEWISE_PART_H

#include <stddef.h>
#include <stdint.h>

#include "include/gatewise.h"

namespace gatewise {

// Meeting point of a team's members; does nothing for a team of one.
struct Barrier;
void wait(Barrier *barrier);

// A block of rows of the batch that walk through time together, the longest first, so that those
// still active at a step are always the first ones.
struct Block {
  int32_t rows;
  const int32_t *row;     // [rows] index in the batch
  const int32_t *length;  // [rows] number of real steps
};

// A member's share of a layer. A team takes one direction of some rows through time; its members
// each own some of the units and meet once a step. Most teams have one member and never wait.
struct Part {
  const gw_call *call;
  int32_t direction;
  int32_t member, members;
  int32_t teams;     // that share a direction's rows
  int32_t max_rows;  // of a block
  int32_t n_blocks;
  const Block *blocks;
  const int32_t *times;  // [B,T] the times of each row's real steps; NULL: all steps are real
  Barrier *barrier;
  float *shared;  // the team's scratch
  float *own;     // the member's scratch
  float *d_x;     // [B,T,I] this direction's, or NULL
};

// Where a member's sums of weight gradients lie, row-major: in its scratch, or in the caller's
// arrays where no other team adds to them and no padding is in the way.
struct Sums {
  int64_t first_unit, units;
  int64_t ld;             // floats from one row to the next
  int64_t gate;           // floats from one gate to the next
  float *kernel;          // [I, ld]
  float *recurrent;       // [U, ld]
  float *bias;            // [ld] input's
  float *recurrent_bias;  // [ld]
  bool callers;           // kernel and recurrent
};

// One step of one row, shared out by units.
struct StepCall {
  int32_t cell, shares;
  int64_t I, U;
  float *packed;
  const float *x;
  float *h, *c;
};

struct Isa {
  const char *name;
  int (*runs)();
  int32_t panel;                    // units that one member's share is a multiple of
  int64_t (*width)(int64_t units);  // padded to whole vectors
  // Floats of scratch that a team shares, and that a member owns.
  int64_t (*shared_size)(const Part *part, int backward);
  int64_t (*own_size)(const Part *part, int backward);
  void (*forward)(const Part *part);
  void (*backward)(const Part *part);
  Sums (*sums)(const Part *part);
  int64_t (*matmul_size)(int64_t m, int64_t k, int64_t n);
  void (*matmul)(int64_t m, int64_t k, int64_t n, const float *a, const float *b, int64_t ldn,
                 float *c, float *scratch);
  int64_t (*pack_size)(int32_t cell, int64_t inputs, int64_t units);
  void (*pack)(int32_t cell, int64_t inputs, int64_t units, const float *kernel,
               const float *recurrent, const float *bias, float *packed);
  void (*step_begin)(const StepCall *step, int unused);
  void (*step_share)(const StepCall *step, int share);
  void (*step_end)(const StepCall *step, int unused);
};

inline int gates_of(int32_t cell) {
  return cell == GW_LSTM ? 4 : cell <= GW_GRU_RESET_BEFORE ? 3 : 1;
}

}  // namespace gatewise
#endif
