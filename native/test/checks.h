/* The driver's checks. Each reports what it finds and goes on. */
#ifndef GATEWISE_TEST_CHECKS_H
#define GATEWISE_TEST_CHECKS_H

#include <string>

namespace test {

/* Counts and prints a failure unless `wrong` is "". */
void report(const std::string &wrong, const std::string &where);
void expect(bool right, const std::string &what);

constexpr int kCells = 5;
#if defined(__SANITIZE_THREAD__)
constexpr bool kThreadSanitizer = true;
#else
constexpr bool kThreadSanitizer = false;
#endif
#if defined(__SANITIZE_ADDRESS__)
constexpr bool kAddressSanitizer = true;
#else
constexpr bool kAddressSanitizer = false;
#endif

/* Once: */
void check_reference(bool quick);        /* its gradients are its forward's slopes */
void check_refusals(bool quick);         /* bad arguments, sizes that overflow, names, counts */
void check_isas(bool quick);             /* choosing one */
void check_large(bool quick);            /* places past 2^31 */
/* For each instruction set that runs: */
void check_numbers(bool quick);          /* against the reference; the same bits again */
void check_busy(bool quick);             /* the same where several threads share the work */
void check_extremes(bool quick);         /* NaN, infinity, huge numbers; long and empty rows */
void check_step(bool quick);             /* gw_step against gw_forward */
void check_matmul(bool quick);
void check_many_callers(bool quick);     /* several threads call at once */
void check_fork(bool quick);             /* the child of a busy process computes too */

}  // namespace test
#endif
