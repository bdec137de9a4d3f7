/* Drives the C interface without Python: `gatewise_driver [--quick] [CHECK ...]`. Runs every check,
 * or those named, under every instruction set that this processor runs; exit status 1 on failure. */
#include <cstdio>
#include <cstring>
#include <vector>

#include "checks.h"
#include "gatewise.h"

namespace test {
namespace {

int failures = 0;

struct Check {
  const char *name;
  void (*run)(bool quick);
  bool each_isa;
};
const Check kChecks[] = {
    {"reference", check_reference, false},
    {"refusals", check_refusals, false},
    {"isas", check_isas, false},
    {"large", check_large, false},
    {"numbers", check_numbers, true},
    {"busy", check_busy, true},
    {"extremes", check_extremes, true},
    {"step", check_step, true},
    {"matmul", check_matmul, true},
    {"many_callers", check_many_callers, true},
    {"fork", check_fork, true},
};

bool named(const char *name, const std::vector<const char *> &names) {
  for (const char *wanted : names) {
    if (strcmp(name, wanted) == 0) return true;
  }
  return names.empty();
}

void run(const Check &check, bool quick) {
  const int before = failures;
  check.run(quick);
  printf("%-8s %-13s %s\n", check.each_isa ? gw_isa() : "", check.name,
         failures == before ? "ok" : "FAILED");
  fflush(stdout);
}

int run_all(bool quick, const std::vector<const char *> &names) {
  for (const Check &check : kChecks) {
    if (!check.each_isa && named(check.name, names)) run(check, quick);
  }
  for (int32_t i = 0; gw_isa_name(i) != nullptr; ++i) {
    if (!gw_isa_runs(gw_isa_name(i))) {
      printf("%-8s does not run here\n", gw_isa_name(i));
      continue;
    }
    expect(gw_set_isa(gw_isa_name(i)) == GW_OK, "gw_set_isa takes what runs");
    for (const Check &check : kChecks) {
      if (check.each_isa && named(check.name, names)) run(check, quick);
    }
  }
  return failures == 0 ? 0 : 1;
}

}  // namespace

void report(const std::string &wrong, const std::string &where) {
  if (wrong.empty()) return;
  ++failures;
  printf("%s: %s: %s\n", gw_isa(), where.c_str(), wrong.c_str());
}

void expect(bool right, const std::string &what) { report(right ? "" : "no", what); }

}  // namespace test

int main(int count, char **words) {
  bool quick = false;
  std::vector<const char *> names;
  for (int i = 1; i < count; ++i) {
    if (strcmp(words[i], "--quick") == 0) {
      quick = true;
    } else {
      names.push_back(words[i]);
    }
  }
  return test::run_all(quick, names);
}
