#ifndef REFERENCE_H
#define REFERENCE_H

// The loops in plain C that the benchmarks compare with. Each takes its own arguments and gives an exit code.
int rpc_server(int argc, char **argv);
int rpc_client(int argc, char **argv);

// Prints what this process did as one line of JSON: requests, seconds, CPU time in microseconds.
void report(long long requests, double seconds);
double monotonic_seconds(void);

#endif
