#include "threads.h"

#include <pthread.h>
#include <sched.h>
#include <unistd.h>

namespace gatewise {
namespace {

enum { MOST = 256 };         // threads
enum { SPINS = 2000 };       // looks at a flag before giving the processor away
enum { BRIEF_SPINS = 500 };  // of an idle thread: others may want the processor

inline void pause() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// Spins until *flag differs from `old`, then lets others run in between.
void spin_while(const int *flag, int old) {
  for (int k = 0; __atomic_load_n(flag, __ATOMIC_ACQUIRE) == old; k++)
    if (k < SPINS)
      pause();
    else
      sched_yield();
}

struct Worker {
  pthread_t thread;
  int index;
  int avoided;  // the processor this worker is kept off, or -1
  int go;       // raised by one for every round
  int run_at;   // the last round in which this worker has a task of its own
  int done;
};

struct Pool {
  pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;  // held by the crew at work
  pthread_mutex_t door = PTHREAD_MUTEX_INITIALIZER;  // guards going to sleep
  pthread_cond_t bell = PTHREAD_COND_INITIALIZER;
  int started = 0;
  Worker workers[MOST];
  void (*work)(void *, int);
  void *context;
  // Of a shared round; workers who come late look at it too, so all of it is atomic. The ticket is
  // the round's number, how many pieces it has (8 bits) and the next piece (8 bits).
  uint64_t ticket = 0;
  void (*shared_work)(void *, int);
  void *shared_context;
  int completed;
};

Pool pool;

// Takes pieces of the shared round until none is left. Taking one proves that the round is the one
// whose work was just read, since it cannot end before that piece is done.
void take_pieces() {
  for (;;) {
    uint64_t ticket = __atomic_load_n(&pool.ticket, __ATOMIC_ACQUIRE);
    int next = ticket & 255, count = ticket >> 8 & 255;
    if (next >= count) return;
    auto work = __atomic_load_n(&pool.shared_work, __ATOMIC_RELAXED);
    void *context = __atomic_load_n(&pool.shared_context, __ATOMIC_RELAXED);
    if (!__atomic_compare_exchange_n(&pool.ticket, &ticket, ticket + 1, false, __ATOMIC_ACQ_REL,
                                     __ATOMIC_RELAXED))
      continue;
    work(context, next);
    __atomic_add_fetch(&pool.completed, 1, __ATOMIC_RELEASE);
  }
}

void *live(void *argument) {
  Worker *me = static_cast<Worker *>(argument);
  for (int seen = 0;;) {
    for (int k = 0; k < BRIEF_SPINS && __atomic_load_n(&me->go, __ATOMIC_ACQUIRE) == seen; k++)
      pause();
    if (__atomic_load_n(&me->go, __ATOMIC_ACQUIRE) == seen) {
      pthread_mutex_lock(&pool.door);
      while (__atomic_load_n(&me->go, __ATOMIC_ACQUIRE) == seen)
        pthread_cond_wait(&pool.bell, &pool.door);
      pthread_mutex_unlock(&pool.door);
    }
    seen++;
    if (seen == __atomic_load_n(&me->run_at, __ATOMIC_RELAXED))
      pool.work(pool.context, me->index);
    else
      take_pieces();
    __atomic_store_n(&me->done, seen, __ATOMIC_RELEASE);
  }
  return nullptr;
}

// The functions of an OpenMP runtime, as GNU's library names them.
struct OpenMP {
  void (*parallel)(void (*work)(void *), void *context, unsigned threads, unsigned flags);
  int (*in_parallel)();
  int (*get_dynamic)();
  int (*get_thread_limit)();
};

OpenMP openmp;
int openmp_given = 0;

// Whether OpenMP would give exactly so many threads, all at once.
bool openmp_has(int threads) {
  return __atomic_load_n(&openmp_given, __ATOMIC_ACQUIRE) && !openmp.in_parallel() &&
         !openmp.get_dynamic() && openmp.get_thread_limit() >= threads;
}

struct Borrowed {
  void (*work)(void *, int);
  void *context;
  int next;
};

void work_borrowed(void *argument) {
  Borrowed *round = static_cast<Borrowed *>(argument);
  round->work(round->context, __atomic_fetch_add(&round->next, 1, __ATOMIC_RELAXED));
}

// A child process has none of its parent's threads, and must not wait for what they held. OpenMP
// would.
void after_fork() {
  openmp_given = 0;
  pthread_mutex_init(&pool.turn, nullptr);
  pthread_mutex_init(&pool.door, nullptr);
  pthread_cond_init(&pool.bell, nullptr);
  pool.started = 0;
}

// Keeps a worker off the caller's processor. Linux tends to wake a thread where its waker runs,
// and lets both share that processor for milliseconds while another one idles.
void keep_apart(Worker *worker) {
#if defined(__linux__)
  int here = sched_getcpu();
  if (here < 0 || here == worker->avoided) return;
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof allowed, &allowed) || CPU_COUNT(&allowed) < 2) return;
  CPU_CLR(here, &allowed);
  if (pthread_setaffinity_np(worker->thread, sizeof allowed, &allowed) == 0) worker->avoided = here;
#else
  (void)worker;
#endif
}

void mind_forks() {
  static bool once = pthread_atfork(nullptr, nullptr, after_fork) == 0;
  (void)once;
}

int start(int wanted) {
  mind_forks();
  if (wanted > MOST) wanted = MOST;
  while (pool.started < wanted) {
    Worker *next = &pool.workers[pool.started];
    *next = {};
    next->index = pool.started + 1;
    next->avoided = -1;
    pthread_attr_t detached;
    pthread_attr_init(&detached);
    pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
    int failed = pthread_create(&next->thread, &detached, live, next);
    pthread_attr_destroy(&detached);
    if (failed) break;
    pool.started++;
  }
  return pool.started < wanted ? pool.started : wanted;
}

}  // namespace

int processors() {
#if defined(__linux__)
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
#endif
  long count = sysconf(_SC_NPROCESSORS_ONLN);
  return count > 0 ? static_cast<int>(count) : 1;
}

Crew::Crew(int wanted, bool waits) : size_(1) {
  if (wanted <= 1) return;
  if (openmp_has(wanted)) {
    size_ = wanted, borrowed_ = true;
    return;
  }
  if (waits)
    pthread_mutex_lock(&pool.turn);
  else if (pthread_mutex_trylock(&pool.turn))
    return;
  size_ = 1 + start(wanted - 1);
  if (size_ == 1) pthread_mutex_unlock(&pool.turn);
}

Crew::~Crew() {
  if (size_ > 1 && !borrowed_) pthread_mutex_unlock(&pool.turn);
}

namespace {

// Starts a round for the first workers.
void ring(int workers, bool run) {
  for (int k = 0; k < workers; k++) keep_apart(&pool.workers[k]);
  pthread_mutex_lock(&pool.door);
  for (int k = 0; k < workers; k++) {
    int go = pool.workers[k].go + 1;
    if (run) __atomic_store_n(&pool.workers[k].run_at, go, __ATOMIC_RELAXED);
    __atomic_store_n(&pool.workers[k].go, go, __ATOMIC_RELEASE);
  }
  pthread_cond_broadcast(&pool.bell);
  pthread_mutex_unlock(&pool.door);
}

}  // namespace

void Crew::share(int count, void (*work)(void *, int), void *context) {
  if (count > 255 || size_ == 1 || borrowed_) {
    for (int k = 0; k < count; k++) work(context, k);
    return;
  }
  __atomic_store_n(&pool.shared_work, work, __ATOMIC_RELAXED);
  __atomic_store_n(&pool.shared_context, context, __ATOMIC_RELAXED);
  __atomic_store_n(&pool.completed, 0, __ATOMIC_RELAXED);
  uint64_t round = (pool.ticket >> 16) + 1;
  __atomic_store_n(&pool.ticket, round << 16 | uint64_t(count) << 8, __ATOMIC_RELEASE);
  ring(size_ - 1, false);
  take_pieces();
  for (int done; (done = __atomic_load_n(&pool.completed, __ATOMIC_ACQUIRE)) < count;)
    spin_while(&pool.completed, done);
}

void Crew::run(int count, void (*work)(void *, int), void *context) {
  if (borrowed_ && count > 1) {
    Borrowed round = {work, context, 0};
    openmp.parallel(work_borrowed, &round, count, 0);
    return;
  }
  if (count > 1) {
    pool.work = work;
    pool.context = context;
    ring(count - 1, true);
  }
  work(context, 0);
  for (int k = 0; k < count - 1; k++) {
    int go = __atomic_load_n(&pool.workers[k].go, __ATOMIC_RELAXED);
    spin_while(&pool.workers[k].done, go - 1);
  }
}

void borrow_openmp(void *parallel, void *in_parallel, void *get_dynamic, void *get_thread_limit) {
  if (__atomic_load_n(&openmp_given, __ATOMIC_ACQUIRE)) return;
  mind_forks();
  openmp.parallel = reinterpret_cast<decltype(openmp.parallel)>(parallel);
  openmp.in_parallel = reinterpret_cast<int (*)()>(in_parallel);
  openmp.get_dynamic = reinterpret_cast<int (*)()>(get_dynamic);
  openmp.get_thread_limit = reinterpret_cast<int (*)()>(get_thread_limit);
  __atomic_store_n(&openmp_given, 1, __ATOMIC_RELEASE);
}

void wait(Barrier *barrier) {
  if (!barrier) return;
  int round = __atomic_load_n(&barrier->round, __ATOMIC_RELAXED);
  if (__atomic_add_fetch(&barrier->arrived, 1, __ATOMIC_ACQ_REL) == barrier->members) {
    __atomic_store_n(&barrier->arrived, 0, __ATOMIC_RELAXED);
    __atomic_store_n(&barrier->round, round + 1, __ATOMIC_RELEASE);
  } else {
    spin_while(&barrier->round, round);
  }
}

}  // namespace gatewise
