#pragma once

/// How many heap allocations the process has made since it started; -1 where they cannot be counted.
long hi_allocation_count(void);
