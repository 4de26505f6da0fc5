#pragma once

/// The cores that the calling thread may run on, ascending; gives how many there are, at most the
/// capacity, and 0 where the system does not let anybody choose.
int hi_usable_cores(int *cores, int capacity);

/// Lets a thread of this process run on some cores and on no others; gives whether it does.
int hi_place_thread(int thread, const int *cores, int count);

/// Names the calling thread; at most 15 bytes.
void hi_name_thread(const char *name);
