// One call: its work is divided, done, and what the threads found apart is put together.

#include "run.h"

#include <string.h>

#include <vector>

#include "plan.h"
#include "scratch.h"
#include "threads.h"

namespace gatewise {
namespace {

struct Work {
  const gw_call *call;
  const Isa *isa;
  Plan *plan;
  bool backward;
  int first;    // of the parts that run now
  int threads;  // that share the last pass
  float *scratch;
};

void run_part(void *context, int index) {
  Work *work = static_cast<Work *>(context);
  const Part *part = &work->plan->parts[work->first + index];
  if (work->backward)
    work->isa->backward(part);
  else
    work->isa->forward(part);
}

// Adds up what teams found for rows [from, to) of some weights [rows, G·U].
void add_rows(const std::vector<Sums> &teams, float *Sums::*array, int64_t ld, int64_t gate,
              int gates, int64_t units, int64_t from, int64_t to, float *out) {
  const Sums &first = teams[0];
  for (int64_t i = from; i < to; i++)
    for (int g = 0; g < gates; g++) {
      float *row = out + (i * gates + g) * units + first.first_unit;
      for (size_t k = 0; k < teams.size(); k++) {
        const float *add = teams[k].*array + i * ld + g * gate;
        if (k == 0)
          memcpy(row, add, first.units * sizeof *row);
        else
          for (int64_t u = 0; u < first.units; u++) row[u] += add[u];
      }
    }
}

// This thread's share of the gradients that teams and directions found apart.
void gather(void *context, int index) {
  Work *work = static_cast<Work *>(context);
  const gw_call &call = *work->call;
  const Plan &plan = *work->plan;
  int gates = gates_of(call.cell), n = work->threads;
  int64_t U = call.U, columns = gates * U;
  for (int d = 0; d < call.D; d++)
    for (int member = 0; member < plan.members; member++) {
      std::vector<Sums> teams;
      for (int team = 0; team < plan.teams; team++)
        teams.push_back(
            work->isa->sums(&plan.parts[(d * plan.teams + team) * plan.members + member]));
      const Sums &one = teams[0];
      if (call.d_kernel && !one.callers)
        add_rows(teams, &Sums::kernel, one.ld, one.gate, gates, U, call.I * index / n,
                 call.I * (index + 1) / n, call.d_kernel + d * call.I * columns);
      if (call.d_recurrent && !one.callers)
        add_rows(teams, &Sums::recurrent, one.ld, one.gate, gates, U, U * index / n,
                 U * (index + 1) / n, call.d_recurrent + d * U * columns);
      if (!call.d_bias || index) continue;
      bool two = call.cell == GW_GRU;
      float *bias = call.d_bias + d * columns * (two ? 2 : 1);
      int64_t width = work->isa->width(one.units);
      add_rows(teams, &Sums::bias, 0, width, gates, U, 0, 1, bias);
      if (two) add_rows(teams, &Sums::recurrent_bias, 0, width, gates, U, 0, 1, bias + columns);
    }
  if (plan.d_x_at < 0) return;
  int64_t size = call.B * call.T * call.I;
  const float *other = work->scratch + plan.d_x_at;
  for (int64_t k = size * index / n; k < size * (index + 1) / n; k++) call.d_x[k] += other[k];
}

// Where masked steps stay unwritten, their pages need never exist.
void prepare_outputs(const gw_call &call, bool backward) {
  int64_t steps = call.B * call.T, gates = gates_of(call.cell);
  if (backward) {
    about_to_write(call.d_x, steps * call.I);
  } else {
    about_to_write(call.hidden, steps * call.D * call.U);
    about_to_write(call.gates, call.D * steps * gates * call.U);
    about_to_write(call.cells, call.D * steps * call.U);
  }
}

void zero_weight_gradients(const gw_call &call) {
  size_t columns = call.D * gates_of(call.cell) * call.U * sizeof(float);
  if (call.d_kernel) memset(call.d_kernel, 0, call.I * columns);
  if (call.d_recurrent) memset(call.d_recurrent, 0, call.U * columns);
  if (call.d_bias) memset(call.d_bias, 0, (call.cell == GW_GRU ? 2 : 1) * columns);
}

}  // namespace

void run(const gw_call &call, const Isa &isa, int threads, bool backward) {
  if (call.B == 0) {
    if (backward) zero_weight_gradients(call);
    return;
  }
  Crew crew(threads_worth(call, threads));
  Plan plan;
  make_plan(call, isa, crew.size(), backward, &plan);
  Scratch scratch(plan.floats);
  place(&plan, isa, backward, scratch.data());
  if (plan.times.empty() || call.fill == GW_FILL_HOLD_ALL) prepare_outputs(call, backward);
  Work work = {&call, &isa, &plan, backward, 0, crew.size(), scratch.data()};
  for (; work.first < int(plan.parts.size()); work.first += plan.at_once)
    crew.run(plan.at_once, run_part, &work);
  if (backward) crew.run(work.threads, gather, &work);
}

}  // namespace gatewise
