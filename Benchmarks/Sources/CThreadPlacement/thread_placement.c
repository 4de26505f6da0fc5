#define _GNU_SOURCE
#include "thread_placement.h"

#ifdef __linux__
#include <pthread.h>
#include <sched.h>

int hi_usable_cores(int *cores, int capacity) {
  cpu_set_t set;
  int count = 0;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 0;
  for (int core = 0; core < CPU_SETSIZE && count < capacity; core++) {
    if (CPU_ISSET(core, &set)) cores[count++] = core;
  }
  return count;
}

int hi_place_thread(int thread, const int *cores, int count) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (int place = 0; place < count; place++) CPU_SET(cores[place], &set);
  return sched_setaffinity(thread, sizeof set, &set) == 0;
}

void hi_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }
#else
int hi_usable_cores(int *cores, int capacity) { return 0; }
int hi_place_thread(int thread, const int *cores, int count) { return 0; }
void hi_name_thread(const char *name) {}
#endif
