#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

#include "reference.h"

double monotonic_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static long long microseconds(struct timeval time) { return (long long)time.tv_sec * 1000000 + time.tv_usec; }

void report(long long requests, double seconds) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  printf("{\"requests\": %lld, \"seconds\": %.6f, \"cpu_user_us\": %lld, \"cpu_system_us\": %lld}\n", requests, seconds,
         microseconds(usage.ru_utime), microseconds(usage.ru_stime));
  fflush(stdout);
}
