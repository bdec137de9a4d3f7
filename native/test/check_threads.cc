#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <thread>
#include <vector>

#include "checks.h"
#include "problem.h"

namespace test {
namespace {

std::string run_and_compare(const Problem &want) {
  Problem p(want.options);
  return p.run() == GW_OK ? p.compare_bits(want) : "failed";
}

/* What a child may do after fork: all of it, with threads of its own. Its answer in time. */
bool child_agrees(const Problem &want) {
  fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    alarm(60); /* a child that waits for its parent's threads would wait for ever */
    const bool right = run_and_compare(want).empty() && run_and_compare(want).empty();
    _exit(right ? 0 : 1);
  }
  int status = 1;
  return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

}  // namespace

void check_many_callers(bool quick) {
  for (uint64_t round = 0; round < (quick ? 2 : 8); ++round) {
    std::vector<Problem> want;
    for (uint64_t i = 0; i < 5; ++i) {
      want.emplace_back(busy_options(round * 5 + i, int32_t(i)));
      expect(want.back().run() == GW_OK, want.back().options.words());
    }
    std::vector<std::string> wrong(want.size());
    std::vector<std::thread> callers;
    for (size_t i = 0; i < want.size(); ++i) {
      callers.emplace_back([&, i] {
        for (int n = 0; n < 4 && wrong[i].empty(); ++n) wrong[i] = run_and_compare(want[i]);
      });
    }
    for (std::thread &caller : callers) caller.join();
    for (size_t i = 0; i < want.size(); ++i) {
      report(wrong[i], "many callers, " + want[i].options.words());
    }
  }
}

void check_fork(bool quick) {
  if (kThreadSanitizer) return; /* it does not follow threads started in a child */
  const Options o = busy_options(2, GW_LSTM);
  Problem want(o);
  expect(want.run() == GW_OK, o.words());
  expect(child_agrees(want), "a child of an idle process");
  /* Of a process in the midst of calls: the pool's locks may be held when it forks. */
  std::atomic<bool> stop{false};
  std::vector<std::thread> busy;
  for (int i = 0; i < 2; ++i) {
    busy.emplace_back([&] {
      Problem p(o);
      while (!stop) p.run();
    });
  }
  for (int n = 0; n < (quick ? 3 : 20); ++n) {
    expect(child_agrees(want), "a child of a busy process");
  }
  stop = true;
  for (std::thread &thread : busy) thread.join();
  report(run_and_compare(want), "the parent after its children");
}

}  // namespace test
