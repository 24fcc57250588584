/* The guest's channels to the host: the results, and whatever is long. */
#pragma once

int ports_open(void);                     /* 0, or -errno when there is no port for results */
