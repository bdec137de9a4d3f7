#include <cstring>
#include <functional>
#include <vector>

#include "checks.h"
#include "problem.h"

namespace test {
namespace {

constexpr int64_t kHuge = int64_t(1) << 62, kBig = int64_t(1) << 40;

Options small(int32_t cell) {
  Options o;
  o.sizes.cell = cell;
  o.sizes.B = 2, o.sizes.T = 3, o.sizes.I = 4, o.sizes.U = 5;
  return o;
}

struct Spoiled {
  const char *name;
  std::function<void(gw_call &)> spoil;
  bool forward, backward; /* which of the two must refuse it */
};

void refused(const Spoiled &how, int32_t cell) {
  Problem p(small(cell));
  gw_call good = p.call();
  expect(gw_forward(&good) == GW_OK && gw_backward(&good) == GW_OK, "a good call");
  gw_call bad = good;
  how.spoil(bad);
  const uint64_t before[] = {gw_count(0), gw_count(1)};
  if (how.forward) expect(gw_forward(&bad) == GW_BAD_ARGUMENT, std::string("forward: ") + how.name);
  if (how.backward) {
    expect(gw_backward(&bad) == GW_BAD_ARGUMENT, std::string("backward: ") + how.name);
  }
  expect(gw_count(0) == before[0] && gw_count(1) == before[1], "a refused call is not counted");
}

void bad_calls() {
  const Spoiled all[] = {
      {"cell 5", [](gw_call &c) { c.cell = 5; }, true, true},
      {"cell -1", [](gw_call &c) { c.cell = -1; }, true, true},
      {"fill 5", [](gw_call &c) { c.fill = 5; }, true, true},
      {"hold_all", [](gw_call &c) { c.fill = GW_FILL_HOLD_ALL; }, false, true},
      {"fill -1", [](gw_call &c) { c.fill = -1; }, true, true},
      {"D 0", [](gw_call &c) { c.D = 0; }, true, true},
      {"D 3", [](gw_call &c) { c.D = 3; }, true, true},
      {"reverse with D 2", [](gw_call &c) { c.D = 2, c.reverse = 1; }, true, true},
      {"B -1", [](gw_call &c) { c.B = -1; }, true, true},
      {"T -1", [](gw_call &c) { c.T = -1; }, true, true},
      {"I -1", [](gw_call &c) { c.I = -1; }, true, true},
      {"U 0", [](gw_call &c) { c.U = 0; }, true, true},
      {"U -1", [](gw_call &c) { c.U = -1; }, true, true},
      {"no x", [](gw_call &c) { c.x = nullptr; }, true, true},
      {"no kernel", [](gw_call &c) { c.kernel = nullptr; }, true, true},
      {"no recurrent", [](gw_call &c) { c.recurrent = nullptr; }, true, true},
      {"no hidden", [](gw_call &c) { c.hidden = nullptr; }, false, true},
  };
  for (int32_t cell = 0; cell < kCells; ++cell) {
    for (const Spoiled &how : all) refused(how, cell);
  }
  const Spoiled no_gates = {"no gates", [](gw_call &c) { c.gates = nullptr; }, false, true};
  const Spoiled no_cells = {"no cells", [](gw_call &c) { c.cells = nullptr; }, false, true};
  refused(no_gates, GW_LSTM);
  refused(no_gates, GW_GRU);
  refused(no_gates, GW_GRU_RESET_BEFORE);
  refused(no_cells, GW_LSTM);
  refused(no_cells, GW_GRU);
  expect(gw_forward(nullptr) == GW_BAD_ARGUMENT, "forward: no call");
  expect(gw_backward(nullptr) == GW_BAD_ARGUMENT, "backward: no call");
}

/* Sizes whose products pass 63 bits, or no memory could hold: refused before anything is read. */
void sizes_that_overflow() {
  using Member = int64_t gw_call::*;
  const std::vector<std::vector<std::pair<Member, int64_t>>> sizes = {
      {{&gw_call::T, kHuge}},
      {{&gw_call::B, kHuge}},
      {{&gw_call::I, kHuge}},
      {{&gw_call::U, kHuge}},
      {{&gw_call::U, INT64_MAX}},
      {{&gw_call::B, kBig}, {&gw_call::T, kBig}},
      {{&gw_call::I, kBig}, {&gw_call::U, kBig}},
      {{&gw_call::B, kBig}, {&gw_call::U, kBig}},
      {{&gw_call::B, INT64_MAX}, {&gw_call::T, INT64_MAX}, {&gw_call::U, INT64_MAX}},
  };
  for (int32_t cell = 0; cell < kCells; ++cell) {
    for (const auto &change : sizes) {
      Problem p(small(cell));
      gw_call c = p.call();
      expect(gw_forward(&c) == GW_OK, "a good call");
      for (const auto &[member, value] : change) c.*member = value;
      const std::string where = "sizes that overflow, " + std::to_string(&change - &sizes[0]);
      for (int32_t status : {gw_forward(&c), gw_backward(&c)}) {
        expect(status == GW_BAD_ARGUMENT || status == GW_NO_MEMORY, where);
      }
    }
    expect(gw_pack_size(cell, kBig, kBig) == 0, "gw_pack_size refuses what overflows");
    expect(gw_pack_size(cell, kHuge, 1) == 0, "gw_pack_size refuses what overflows");
    expect(gw_pack_size(cell, 1, 0) == 0, "gw_pack_size refuses no units");
    expect(gw_pack_size(cell, -1, 1) == 0, "gw_pack_size refuses negative sizes");
  }
  float a = 1, b = 1, c = 1;
  for (int64_t n : {kHuge, int64_t(-1)}) {
    expect(gw_matmul(n, n, n, &a, &b, &c, 1) != GW_OK, "gw_matmul refuses sizes");
  }
  expect(gw_matmul(1, 1, 1, nullptr, &b, &c, 1) == GW_BAD_ARGUMENT, "gw_matmul: no A");
}

void bad_steps() {
  float number[64] = {};
  expect(gw_pack_size(9, 1, 1) == 0, "gw_pack_size refuses a cell that is none");
  expect(gw_pack(9, 1, 1, number, number, number, number) == GW_BAD_ARGUMENT, "gw_pack: cell");
  expect(gw_pack(0, 1, 1, nullptr, number, number, number) == GW_BAD_ARGUMENT, "gw_pack: kernel");
  expect(gw_step(0, 1, 1, nullptr, number, number, number) == GW_BAD_ARGUMENT, "gw_step: packed");
  expect(gw_step(9, 1, 1, number, number, number, number) == GW_BAD_ARGUMENT, "gw_step: cell");
}

}  // namespace

void check_refusals(bool) {
  bad_calls();
  sizes_that_overflow();
  bad_steps();
  for (int32_t status : {0, 1, 2, 3, -7, 99}) {
    expect(gw_message(status) != nullptr && *gw_message(status) != 0, "every status has words");
  }
  Problem p(small(GW_GRU));
  gw_call c = p.call();
  const uint64_t before[] = {gw_count(0), gw_count(1)};
  expect(gw_forward(&c) == GW_OK && gw_count(0) == before[0] + 1, "forward is counted");
  expect(gw_backward(&c) == GW_OK && gw_count(1) == before[1] + 1, "backward is counted");
  expect(gw_abi() == GW_ABI, "the library is of this header");
}

void check_isas(bool) {
  expect(gw_set_isa(nullptr) == GW_OK, "gw_set_isa(NULL)");
  const std::string best = gw_isa();
  const char *first = nullptr;
  int32_t count = 0;
  for (; gw_isa_name(count) != nullptr; ++count) {
    const char *name = gw_isa_name(count);
    const bool runs = gw_isa_runs(name) != 0;
    if (runs && first == nullptr) first = name;
    expect(gw_set_isa(name) == (runs ? GW_OK : GW_BAD_ISA), std::string("gw_set_isa ") + name);
    if (runs) expect(strcmp(gw_isa(), name) == 0, "the one that was set is in use");
  }
  expect(first != nullptr && best == first, "the best that runs is chosen");
  expect(gw_isa_name(count) == nullptr && gw_isa_name(-1) == nullptr, "no name past the end");
  expect(gw_isa_runs("nonsense") == 0, "an unknown name does not run");
  expect(gw_set_isa("nonsense") == GW_BAD_ISA, "an unknown name is refused");
  expect(gw_set_isa("") == GW_OK && best == gw_isa(), "gw_set_isa(\"\") chooses again");
  expect(gw_threads() >= 1, "at least one thread");
  gw_set_threads(3);
  expect(gw_threads() == 3, "gw_set_threads");
  gw_set_threads(2);
}

}  // namespace test
