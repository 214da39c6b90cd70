#ifndef REFERENCE_H
#define REFERENCE_H

// The loops in plain C that the benchmarks compare with. Each takes its own arguments and gives an exit code.
int rpc_server(int argc, char **argv);
int rpc_client(int argc, char **argv);
int journal_sqlite(int argc, char **argv);
int journal_postgres(int argc, char **argv);

// Begins to measure: what was used before does not count.
void measure(void);
// Prints what this process did since as one line of JSON: operations, seconds, CPU time in microseconds.
void report(long long operations);
double monotonic_seconds(void);

#endif
