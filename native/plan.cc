#include "plan.h"

#include <unistd.h>

#include <algorithm>
#include <numeric>

namespace gatewise {
namespace {

enum { ROWS_ALONE = 64, ROWS_SHARED = 256 };  // of a block, so that its states stay in cache
constexpr double WORTH_A_THREAD = 2e6;        // flops; fewer are done before a thread has woken
constexpr int64_t WORTH_SHARING = 128 << 10;  // bytes of weights read at every step

int64_t weights_bytes(const gw_call &call) { return 4 * call.U * call.U * gates_of(call.cell); }

// Threads that take some of the units each, rather than some of the rows: where every thread would
// otherwise read more weights at every step than its cache holds, or where rows are too few.
int choose_members(const gw_call &call, const Isa &isa, int threads) {
  int64_t bytes = weights_bytes(call), most = std::min<int64_t>(threads, call.U / isa.panel);
  // Members wait for each other at every step: more of them than processors would mostly wait.
  most = std::min<int64_t>(most, processors());
  int members = 1;
  while (2 * members <= most && (bytes / members > cache_bytes() * 6 / 10 ||
                                 (call.B * members < threads && bytes / members > WORTH_SHARING)))
    members *= 2;
  return members;
}

// The times of every row's real steps, and how many there are; no times where all steps are real.
std::vector<int32_t> count_steps(const gw_call &call, Plan *plan) {
  std::vector<int32_t> lengths(call.B, static_cast<int32_t>(call.T));
  if (!call.mask) return lengths;
  plan->times.resize(call.B * call.T);
  bool all = true;
  for (int64_t b = 0; b < call.B; b++) {
    int32_t *times = plan->times.data() + b * call.T, count = 0;
    for (int64_t t = 0; t < call.T; t++)
      if (call.mask[b * call.T + t]) times[count++] = static_cast<int32_t>(t);
    lengths[b] = count;
    all = all && count == call.T;
  }
  if (all) plan->times.clear();
  return lengths;
}

}  // namespace

int64_t cache_bytes() {
  long size = 0;
#if defined(_SC_LEVEL2_CACHE_SIZE)
  static const long asked = sysconf(_SC_LEVEL2_CACHE_SIZE);
  size = asked;
#endif
  return size > 0 ? size : 512 << 10;
}

int threads_worth(const gw_call &call, int most) {
  double flops = 2.0 * gates_of(call.cell) * call.U * (call.I + call.U) * call.B * call.T * call.D;
  return static_cast<int>(std::min<double>(most, std::max(1.0, flops / WORTH_A_THREAD)));
}

void make_plan(const gw_call &call, const Isa &isa, int threads, bool backward, Plan *plan) {
  std::vector<int32_t> lengths = count_steps(call, plan);
  std::vector<int32_t> order(call.B);
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](int32_t a, int32_t b) { return lengths[a] > lengths[b]; });

  int each = std::max<int>(1, threads / static_cast<int>(call.D));  // threads of a direction
  plan->members = choose_members(call, isa, each);
  plan->teams = static_cast<int>(std::min<int64_t>(each / plan->members, call.B));
  int per_direction = plan->members * plan->teams;
  plan->at_once =
      threads >= call.D * per_direction ? static_cast<int>(call.D) * per_direction : per_direction;

  // Rows are dealt out, longest first, so that every team has as much to do.
  int cap = plan->members > 1 ? ROWS_SHARED : ROWS_ALONE, max_rows = 0;
  std::vector<int> first_block(plan->teams + 1, 0);
  std::vector<std::pair<size_t, int>> ranges;
  for (int team = 0; team < plan->teams; team++) {
    size_t from = plan->rows.size();
    for (int64_t k = team; k < call.B; k += plan->teams) {
      plan->rows.push_back(order[k]);
      plan->lengths.push_back(lengths[order[k]]);
    }
    int rows = static_cast<int>(plan->rows.size() - from), count = (rows + cap - 1) / cap;
    for (int k = 0; k < count; k++) {
      int begin = static_cast<int>(int64_t(rows) * k / count);
      int end = static_cast<int>(int64_t(rows) * (k + 1) / count);
      ranges.emplace_back(from + begin, end - begin);
      max_rows = std::max(max_rows, end - begin);
    }
    first_block[team + 1] = static_cast<int>(ranges.size());
  }
  for (auto [from, rows] : ranges)
    plan->blocks.push_back({rows, plan->rows.data() + from, plan->lengths.data() + from});

  plan->barriers.assign(call.D * plan->teams, Barrier(plan->members));
  for (int d = 0; d < call.D; d++)
    for (int team = 0; team < plan->teams; team++)
      for (int member = 0; member < plan->members; member++) {
        Part part = {};
        part.call = &call;
        part.direction = d;
        part.member = member, part.members = plan->members;
        part.teams = plan->teams;
        part.max_rows = max_rows;
        part.n_blocks = first_block[team + 1] - first_block[team];
        part.blocks = plan->blocks.data() + first_block[team];
        part.times = plan->times.empty() ? nullptr : plan->times.data();
        part.barrier = plan->members > 1 ? &plan->barriers[d * plan->teams + team] : nullptr;
        part.d_x = backward ? call.d_x : nullptr;
        plan->parts.push_back(part);
      }

  for (const Part &part : plan->parts) {
    if (part.member == 0) plan->floats += isa.shared_size(&part, backward);
    plan->floats += isa.own_size(&part, backward);
  }
  if (backward && call.d_x && call.D == 2) {
    plan->d_x_at = plan->floats;
    plan->floats += call.B * call.T * call.I;
  }
}

void place(Plan *plan, const Isa &isa, bool backward, float *scratch) {
  float *shared = nullptr, *next = scratch;
  for (Part &part : plan->parts) {
    if (part.member == 0) {
      shared = next;
      next += isa.shared_size(&part, backward);
    }
    part.shared = shared;
    part.own = next;
    next += isa.own_size(&part, backward);
    if (part.direction == 1 && plan->d_x_at >= 0) part.d_x = scratch + plan->d_x_at;
  }
}

}  // namespace gatewise
