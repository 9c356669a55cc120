// emulator.cpp: the scheduler behind emulator.hpp, compiled once and linked into every module.
#include "emulator.hpp"

#include <setjmp.h>
#include <stdio.h>
#include <sys/mman.h>
#include <ucontext.h>

#include <memory>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

namespace emulator {

constexpr unsigned kMaxThreads = 1024, kWarp = 32;
constexpr size_t kStack = 64 << 10;  // bytes a fiber
constexpr size_t kCanary = 256;      // bytes behind dynamic shared memory
constexpr unsigned char kFill = 0xFF;  // NaN in every float format: what was never written poisons results

enum State { FRESH, READY, AT_BLOCK, AT_WARP, DONE };

struct Fiber;
struct Thread : Self {
  unsigned warp;
  State state;
  Want want;
  unsigned mask, source;  // lanes that must meet; lane to read from
  uint64_t given, got;
  const char* what;
  int line;
  Fiber* fiber;
};

struct Block;
struct Fiber {
  jmp_buf env;
  ucontext_t context;
  bool started = false;
  Block* block = nullptr;
  Thread* thread = nullptr;
  char* stack = nullptr;
};

struct Launch {
  dim3 grid, block;
  void** args;
  void (*run)(void**);
  size_t shared;
  int order;  // 0 forward, 1 reverse, 2 shuffled
  unsigned seed;
  std::atomic<uint64_t> next{0};
  std::mutex lock;
  std::string error;
};

__thread Self* current = nullptr;
__thread uint3 block_index;
__thread dim3 block_extent, grid_extent;

static Thread* running() { return static_cast<Thread*>(current); }

static std::string place(const Thread& t) {
  char text[120];
  snprintf(text, sizeof text, "thread (%u,%u,%u) of block (%u,%u,%u)", t.index.x, t.index.y, t.index.z,
           block_index.x, block_index.y, block_index.z);
  return text;
}
static std::string at(const Thread& t) { return std::string(t.what) + " in line " + std::to_string(t.line); }

// One block being run by one host thread.
struct Block {
  Launch& launch;
  std::vector<Thread> threads;
  std::vector<std::unique_ptr<Fiber>> fibers;
  std::vector<Fiber*> idle;
  std::vector<unsigned> order;   // of threads, grouped by warp
  std::vector<unsigned> queue;   // fresh threads that the running fiber goes on with
  unsigned nqueue = 0;
  jmp_buf scheduler;
  char* shared;
  std::string error;
  std::mt19937 random;

  explicit Block(Launch& l) : launch(l), random(l.seed) {
    threads.resize(l.block.x * l.block.y * l.block.z);
    shared = static_cast<char*>(mmap(nullptr, l.shared + kCanary + 64, PROT_READ | PROT_WRITE,
                                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  }
  ~Block() {
    for (auto& f : fibers) munmap(f->stack, kStack);
    munmap(shared, launch.shared + kCanary + 64);
  }

  void run(uint64_t number) {
    const dim3 g = launch.grid, b = launch.block;
    block_index = {unsigned(number % g.x), unsigned(number / g.x % g.y), unsigned(number / g.x / g.y)};
    block_extent = b;
    grid_extent = g;
    memset(shared, kFill, launch.shared + kCanary);
    for (unsigned i = 0; i < threads.size(); ++i)
      threads[i] = Thread{{{i % b.x, i / b.x % b.y, i / b.x / b.y}, i % kWarp}, i / kWarp, FRESH};
    arrange();
    while (error.empty() && drive()) {}
    for (size_t i = 0; i < kCanary && error.empty(); ++i)
      if (static_cast<unsigned char>(shared[launch.shared + i]) != kFill)
        error = "a write " + std::to_string(i) + " bytes past the " + std::to_string(launch.shared) +
                " bytes of dynamic shared memory";
  }

  // Warps, and lanes within each, in the order asked for.
  void arrange() {
    const unsigned n = threads.size(), warps = (n + kWarp - 1) / kWarp;
    std::vector<unsigned> outer(warps);
    for (unsigned w = 0; w < warps; ++w) outer[w] = w;
    permute(outer);
    order.clear();
    for (unsigned w : outer) {
      std::vector<unsigned> lanes;
      for (unsigned i = w * kWarp; i < std::min(n, (w + 1) * kWarp); ++i) lanes.push_back(i);
      permute(lanes);
      order.insert(order.end(), lanes.begin(), lanes.end());
    }
  }
  void permute(std::vector<unsigned>& list) {
    if (launch.order == 1) std::reverse(list.begin(), list.end());
    if (launch.order == 2) std::shuffle(list.begin(), list.end(), random);
  }

  // Runs every warp as far as it goes, then releases the block barrier; false when all threads are done.
  bool drive() {
    for (size_t i = 0; i < order.size() && error.empty();) {
      size_t end = i;
      while (end < order.size() && threads[order[end]].warp == threads[order[i]].warp) ++end;
      do run_lanes(i, end); while (error.empty() && release_warp(i, end));
      i = end;
    }
    return error.empty() && release_block();
  }

  void run_lanes(size_t begin, size_t end) {
    queue.clear();
    nqueue = 0;
    for (size_t i = begin; i < end; ++i)
      if (threads[order[i]].state == FRESH) queue.push_back(order[i]);
    while (nqueue < queue.size() && error.empty()) resume(fresh_fiber());
    for (size_t i = begin; i < end && error.empty(); ++i)
      if (threads[order[i]].state == READY) resume(threads[order[i]].fiber);
  }

  // Every mask whose live lanes all wait: their values change hands and they may go on.
  bool release_warp(size_t begin, size_t end) {
    Thread* lanes[kWarp] = {};
    for (size_t i = begin; i < end; ++i) lanes[threads[order[i]].lane] = &threads[order[i]];
    for (unsigned l = 0; l < kWarp; ++l) {
      Thread* first = lanes[l];
      if (!first || first->state != AT_WARP) continue;
      bool all = true;
      for (unsigned m = 0; m < kWarp; ++m)
        if (first->mask >> m & 1u && lanes[m] && lanes[m]->state != DONE)
          all = all && lanes[m]->state == AT_WARP && lanes[m]->mask == first->mask;
      if (all) return exchange(lanes, first->mask);
    }
    return false;
  }

  bool exchange(Thread** lanes, unsigned mask) {
    unsigned votes = 0;
    const Thread* first = nullptr;
    for (unsigned m = 0; m < kWarp; ++m) {
      Thread* t = mask >> m & 1u ? lanes[m] : nullptr;
      if (!t || t->state != AT_WARP) continue;
      if (!first) first = t;
      if (t->line != first->line) return fail("lanes of one warp meet at different places: " + at(*first) + ", " + at(*t));
      if (t->want == BALLOT && t->given) votes |= 1u << m;
    }
    for (unsigned m = 0; m < kWarp; ++m) {
      Thread* t = mask >> m & 1u ? lanes[m] : nullptr;
      if (!t || t->state != AT_WARP) continue;
      if (t->want == LANE) {
        Thread* from = lanes[t->source];
        if (!(mask >> t->source & 1u) || !from || from->state == DONE)
          return fail(at(*t) + ": " + place(*t) + " reads lane " + std::to_string(t->source) +
                      ", which is outside the mask or has ended");
        t->got = from->given;
      }
      if (t->want == BALLOT) t->got = votes;
    }
    for (unsigned m = 0; m < kWarp; ++m)
      if (mask >> m & 1u && lanes[m] && lanes[m]->state == AT_WARP) lanes[m]->state = READY;
    return true;
  }

  bool release_block() {
    const Thread *waiting = nullptr, *other = nullptr;
    for (const Thread& t : threads)
      if (t.state == AT_BLOCK && !waiting) waiting = &t;
    for (const Thread& t : threads)
      if (t.state != AT_BLOCK || (waiting && t.line != waiting->line)) other = &t;
    if (!other) {
      for (Thread& t : threads) t.state = READY;
      return true;
    }
    if (!waiting) {
      for (const Thread& t : threads)
        if (t.state == AT_WARP) return fail(at(t) + ": not all lanes of its mask reach it; " + place(t) + " waits for ever");
      return false;
    }
    const char* how = other->state == DONE ? " has ended" : nullptr;
    return fail(at(*waiting) + " is not reached by all threads: " + place(*waiting) + " waits there, " + place(*other) +
                (how ? how : " waits at " + at(*other)));
  }

  bool fail(const std::string& text) {
    if (error.empty()) error = text;
    return false;
  }

  Fiber* fresh_fiber() {
    if (idle.empty()) {
      fibers.push_back(std::make_unique<Fiber>());
      Fiber* f = fibers.back().get();
      f->block = this;
      f->stack = static_cast<char*>(mmap(nullptr, kStack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
      idle.push_back(f);
    }
    Fiber* f = idle.back();
    idle.pop_back();
    return f;
  }

  // Switches to a fiber; comes back when it waits, has run out of fresh threads, or has failed.
  void resume(Fiber* f) {
    current = f->thread;
    if (_setjmp(scheduler)) return;
    if (f->started) _longjmp(f->env, 1);
    f->started = true;
    getcontext(&f->context);
    f->context.uc_stack.ss_sp = f->stack;
    f->context.uc_stack.ss_size = kStack;
    const auto raw = reinterpret_cast<uintptr_t>(f);
    makecontext(&f->context, reinterpret_cast<void (*)()>(&Block::enter), 2, unsigned(raw >> 32), unsigned(raw));
    setcontext(&f->context);
  }

  static void enter(unsigned high, unsigned low) {
    reinterpret_cast<Fiber*>(uintptr_t(high) << 32 | low)->block->work(
        reinterpret_cast<Fiber*>(uintptr_t(high) << 32 | low));
  }

  // The life of a fiber: fresh threads one after another (those that never wait share it), then idle.
  [[noreturn]] void work(Fiber* f) {
    for (;;) {
      while (nqueue < queue.size()) {
        Thread* t = &threads[queue[nqueue++]];
        t->fiber = f;
        current = f->thread = t;
        launch.run(launch.args);
        f->thread->state = DONE;
      }
      f->thread = nullptr;
      idle.push_back(f);
      leave(f);
    }
  }
  void leave(Fiber* f) {
    if (!_setjmp(f->env)) _longjmp(scheduler, 1);
  }
};

static void wait(State state, const char* what, int line) {
  Thread* t = running();
  t->state = state;
  t->what = what;
  t->line = line;
  t->fiber->block->leave(t->fiber);
}
[[noreturn]] void fault(const std::string& text) {
  Fiber* f = running()->fiber;
  f->block->fail(text + ", " + place(*running()));
  _longjmp(f->block->scheduler, 1);
}
uint64_t meet(unsigned mask, Want want, uint64_t given, unsigned source, const char* what, int line) {
  Thread* t = running();
  t->what = what;
  t->line = line;
  if (!(mask >> t->lane & 1u)) fault(at(*t) + ": the lane is not in its own mask");
  t->mask = mask;
  t->want = want;
  t->given = given;
  t->source = source;
  wait(AT_WARP, what, line);
  return t->got;
}
void wait_block(const char* what, int line) { wait(AT_BLOCK, what, line); }
char* dynamic_shared() { return running()->fiber->block->shared; }

static thread_local std::string last_error;
const char* start(void (*run)(void**), const unsigned* grid, const unsigned* block, void** args, size_t shared,
                         size_t limit, int order, unsigned seed, int hosts) {
  Launch launch{{grid[0], grid[1], grid[2]}, {block[0], block[1], block[2]}, args, run, shared, order, seed};
  const uint64_t count = uint64_t(grid[0]) * grid[1] * grid[2], size = uint64_t(block[0]) * block[1] * block[2];
  if (!count || !size) last_error = "an empty grid or block";
  else if (size > kMaxThreads) last_error = std::to_string(size) + " threads a block; at most 1024";
  else if (block[2] > 64) last_error = "block z extent above 64";
  else if (grid[1] > 65535 || grid[2] > 65535 || grid[0] > 2147483647u) last_error = "grid extent above the device's limit";
  else if (shared > limit) last_error = std::to_string(shared) + " bytes of shared memory; at most " + std::to_string(limit);
  else {
    auto work = [&] {
      Block state(launch);
      for (uint64_t n; (n = launch.next++) < count;) {
        state.run(n);
        if (state.error.empty()) continue;
        std::lock_guard<std::mutex> guard(launch.lock);
        if (launch.error.empty()) launch.error = state.error;
        launch.next = count;
      }
    };
    std::vector<std::thread> others;
    for (int i = 1; i < hosts; ++i) others.emplace_back(work);
    work();
    for (auto& t : others) t.join();
    last_error = launch.error;
  }
  return last_error.empty() ? nullptr : last_error.c_str();
}

}  // namespace emulator

// The compiler's checks call these by name; without them the process would end.
struct EmulatorLocation { const char* file; unsigned line, column; };
extern "C" void __ubsan_handle_type_mismatch_v1(EmulatorLocation* at, uintptr_t) {
  emulator::fault("misaligned access in line " + std::to_string(at->line));
}
extern "C" void __ubsan_handle_out_of_bounds(EmulatorLocation* at, uintptr_t) {
  emulator::fault("index outside a fixed array in line " + std::to_string(at->line));
}
