#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

#include "reference.h"

static struct rusage before;
static double start;

double monotonic_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static long long microseconds(struct timeval time) { return (long long)time.tv_sec * 1000000 + time.tv_usec; }

void measure(void) {
  getrusage(RUSAGE_SELF, &before);
  start = monotonic_seconds();
}

void report(long long operations) {
  double seconds = monotonic_seconds() - start;
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  printf("{\"operations\": %lld, \"seconds\": %.6f, ", operations, seconds);
  printf("\"cpu_user_us\": %lld, ", microseconds(usage.ru_utime) - microseconds(before.ru_utime));
  printf("\"cpu_system_us\": %lld}\n", microseconds(usage.ru_stime) - microseconds(before.ru_stime));
  fflush(stdout);
}
