/* A CPU that kernel threads leave to the tasks of a workload. */
#pragma once

void quiet_cpu(int cpu);                  /* all that can goes to CPU 0; nothing is done where it is CPU 0 itself */
