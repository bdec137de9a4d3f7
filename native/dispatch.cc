// The C interface: checks what is asked, and chooses the instruction set.

#include <string.h>

#include <algorithm>
#include <atomic>
#include <initializer_list>
#include <new>

#include "include/gatewise.h"
#include "part.h"
#include "plan.h"
#include "run.h"
#include "scratch.h"
#include "threads.h"

namespace gatewise {

#if defined(GATEWISE_GENERIC)
#define GW_GENERIC
#elif defined(__x86_64__)
#define GW_X86_64
#elif defined(__aarch64__)
#define GW_AARCH64
#else
#define GW_GENERIC
#endif

#if defined(GW_X86_64)
namespace avx512 {
extern const Isa table;
}
namespace avx2 {
extern const Isa table;
}
namespace x86_64 {
extern const Isa table;
}
#elif defined(GW_AARCH64)
namespace neon {
extern const Isa table;
}
#else
namespace generic {
extern const Isa table;
}
#endif

namespace {

// Best first.
const Isa *const isas[] = {
#if defined(GW_X86_64)
    &avx512::table,
    &avx2::table,
    &x86_64::table,
#elif defined(GW_AARCH64)
    &neon::table,
#else
    &generic::table,
#endif
};

std::atomic<const Isa *> chosen{nullptr};
std::atomic<int> threads_allowed{0};
std::atomic<uint64_t> counts[3];

const Isa *best() {
  for (const Isa *isa : isas)
    if (isa->runs()) return isa;
  return nullptr;
}

const Isa &current() {
  const Isa *isa = chosen.load(std::memory_order_acquire);
  return isa ? *isa : *best();
}

constexpr int64_t MOST = int64_t(1) << 31;         // of any one size
constexpr int64_t MOST_FLOATS = int64_t(1) << 44;  // of any one array

// The product of sizes, or -1 where it is out of range.
int64_t floats(std::initializer_list<int64_t> sizes) {
  int64_t total = 1;
  for (int64_t size : sizes)
    if (__builtin_mul_overflow(total, size, &total) || total > MOST_FLOATS) return -1;
  return total;
}

bool sizes_fit(const gw_call &call) {
  if (call.cell < GW_LSTM || call.cell > GW_RNN_RELU) return false;
  if (call.fill < GW_FILL_HOLD || call.fill > GW_FILL_HOLD_ALL) return false;
  if (call.D < 1 || call.D > 2 || (call.D == 2 && call.reverse)) return false;
  for (int64_t size : {call.B, call.T, call.I, call.U})
    if (size < 0 || size >= MOST) return false;
  int64_t gates = gates_of(call.cell);
  return call.I > 0 && call.U > 0 && floats({call.D, call.B, call.T, gates, call.U}) >= 0 &&
         floats({call.B, call.T, call.I}) >= 0 && floats({gates, call.U, call.U + call.I}) >= 0;
}

bool keeps_gates(int32_t cell) { return cell <= GW_GRU_RESET_BEFORE; }
bool keeps_cells(int32_t cell) { return cell <= GW_GRU; }

bool fits(const gw_call &call, bool backward) {
  if (!sizes_fit(call) || !call.kernel || !call.recurrent) return false;
  bool empty = call.B == 0 || call.T == 0;
  if (!call.x && !empty) return false;
  if (call.cell != GW_LSTM && (call.c0 || call.c_last || call.d_c0 || call.d_c_last)) return false;
  if (!keeps_gates(call.cell) && call.gates) return false;
  if (!keeps_cells(call.cell) && call.cells) return false;
  if (!backward) return !keeps_cells(call.cell) || !call.gates == !call.cells;
  if (call.fill == GW_FILL_HOLD_ALL) return false;
  if (empty) return true;
  return call.hidden && (call.gates || !keeps_gates(call.cell)) &&
         (call.cells || !keeps_cells(call.cell));
}

int32_t checked_run(const gw_call *call, bool backward) {
  if (!call || !fits(*call, backward)) return GW_BAD_ARGUMENT;
  try {
    run(*call, current(), call->threads > 0 ? call->threads : gw_threads(), backward);
  } catch (const std::bad_alloc &) {
    return GW_NO_MEMORY;
  }
  counts[backward].fetch_add(1, std::memory_order_relaxed);
  return GW_OK;
}

}  // namespace
}  // namespace gatewise

using namespace gatewise;

int32_t gw_forward(const gw_call *call) { return checked_run(call, false); }
int32_t gw_backward(const gw_call *call) { return checked_run(call, true); }

namespace {

bool streams(int32_t cell, int64_t I, int64_t U) {
  return cell >= GW_LSTM && cell <= GW_RNN_RELU && I > 0 && U > 0 && I < MOST && U < MOST &&
         floats({gates_of(cell), U, U + I}) >= 0;
}

// A thread more where the weights would crowd a processor's cache: two caches hold twice as much.
int step_shares(const Isa &isa, int32_t cell, int64_t I, int64_t U) {
  int64_t shares = 4 * gates_of(cell) * U * (I + U) * 3 / cache_bytes();
  if (shares < 2 || cell == GW_GRU_RESET_BEFORE) return 1;
  shares = std::min<int64_t>({shares, gw_threads(), processors(), U / isa.panel});
  return static_cast<int>(std::max<int64_t>(shares, 1));
}

// Packed weights begin with the instruction set they were packed for, which then takes the steps.
constexpr int64_t TAG = 16;  // floats, so that what follows stays aligned

struct StepJob {
  StepCall step;
  const Isa *isa;
};

void share_step(void *context, int index) {
  const StepJob *job = static_cast<const StepJob *>(context);
  job->isa->step_share(&job->step, index);
}

}  // namespace

int64_t gw_pack_size(int32_t cell, int64_t I, int64_t U) {
  return streams(cell, I, U) ? current().pack_size(cell, I, U) + TAG * sizeof(float) : 0;
}

int32_t gw_pack(int32_t cell, int64_t I, int64_t U, const float *kernel, const float *recurrent,
                const float *bias, float *packed) {
  if (!streams(cell, I, U) || !kernel || !recurrent || !packed) return GW_BAD_ARGUMENT;
  const Isa *isa = &current();
  memcpy(packed, &isa, sizeof isa);
  isa->pack(cell, I, U, kernel, recurrent, bias, packed + TAG);
  return GW_OK;
}

int32_t gw_step(int32_t cell, int64_t I, int64_t U, float *packed, const float *x, float *h,
                float *c) {
  if (!streams(cell, I, U) || !packed || !x || !h || !c == (cell == GW_LSTM))
    return GW_BAD_ARGUMENT;
  const Isa *isa;
  memcpy(&isa, packed, sizeof isa);
  StepJob job = {{cell, step_shares(*isa, cell, I, U), I, U, packed + TAG, x, h, c}, isa};
  isa->step_begin(&job.step, 0);
  if (job.step.shares > 1)  // a step is short: it does not wait for a call that may take seconds
    Crew(job.step.shares, false).share(job.step.shares, share_step, &job);
  else
    share_step(&job, 0);
  isa->step_end(&job.step, 0);
  counts[2].fetch_add(1, std::memory_order_relaxed);
  return GW_OK;
}

namespace {

struct Matmul {
  int64_t M, K, N;
  const float *a, *b;
  float *c, *scratch;
  int64_t scratch_each;
  int threads;
};

// A thread's share: rows, or where there are more of them columns, so that B is packed once.
void matmul_share(void *context, int index) {
  const Matmul *w = static_cast<const Matmul *>(context);
  bool by_rows = w->M > w->N;
  int64_t size = by_rows ? w->M : w->N, from = size * index / w->threads;
  int64_t count = size * (index + 1) / w->threads - from;
  if (!count) return;
  float *scratch = w->scratch + index * w->scratch_each;
  if (by_rows)
    current().matmul(count, w->K, w->N, w->a + from * w->K, w->b, w->N, w->c + from * w->N,
                     scratch);
  else
    current().matmul(w->M, w->K, count, w->a, w->b + from, w->N, w->c + from, scratch);
}

}  // namespace

int32_t gw_matmul(int64_t M, int64_t K, int64_t N, const float *a, const float *b, float *c,
                  int32_t threads) {
  for (int64_t size : {M, K, N})
    if (size < 0 || size >= MOST) return GW_BAD_ARGUMENT;
  if (floats({M, K}) < 0 || floats({K, N}) < 0 || floats({M, N}) < 0 || !a || !b || !c)
    return GW_BAD_ARGUMENT;
  if (!M || !N) return GW_OK;
  try {
    Crew crew(threads > 0 ? threads : gw_threads());
    int64_t each = (current().matmul_size(M, K, N) + 15) / 16 * 16;
    Scratch scratch(each * crew.size());
    Matmul work = {M, K, N, a, b, c, scratch.data(), each, crew.size()};
    crew.run(work.threads, matmul_share, &work);
  } catch (const std::bad_alloc &) {
    return GW_NO_MEMORY;
  }
  return GW_OK;
}

const char *gw_isa_name(int32_t index) {
  int count = sizeof isas / sizeof *isas;
  return index >= 0 && index < count ? isas[index]->name : nullptr;
}

static const Isa *find_isa(const char *name) {
  for (const Isa *isa : isas)
    if (!strcmp(isa->name, name)) return isa;
  return nullptr;
}

int32_t gw_isa_runs(const char *name) {
  const Isa *isa = name ? find_isa(name) : nullptr;
  return isa && isa->runs();
}

int32_t gw_set_isa(const char *name) {
  if (name && *name && !gw_isa_runs(name)) return GW_BAD_ISA;
  chosen.store(name && *name ? find_isa(name) : best(), std::memory_order_release);
  return GW_OK;
}

const char *gw_isa(void) { return current().name; }

void gw_set_threads(int32_t threads) { threads_allowed.store(threads > 0 ? threads : 0); }

int32_t gw_threads(void) {
  int allowed = threads_allowed.load();
  return allowed > 0 ? allowed : processors();
}

void gw_borrow_openmp(void *parallel, void *in_parallel, void *get_dynamic,
                      void *get_thread_limit) {
  if (parallel && in_parallel && get_dynamic && get_thread_limit)
    borrow_openmp(parallel, in_parallel, get_dynamic, get_thread_limit);
}

uint64_t gw_count(int32_t which) { return which >= 0 && which < 3 ? counts[which].load() : 0; }

int32_t gw_abi(void) { return GW_ABI; }

const char *gw_message(int32_t status) {
  switch (status) {
    case GW_OK:
      return "all is well";
    case GW_BAD_ARGUMENT:
      return "a size or option is out of range, or an array is missing";
    case GW_NO_MEMORY:
      return "not enough memory for the scratch of this call";
    case GW_BAD_ISA:
      return "this library or this processor lacks that instruction set";
    default:
      return "unknown status";
  }
}
