/**
 * glibc keeps what is freed instead of returning it page by page, which a training step asks for again at once. Read by
 * the C library when a process starts; other libraries ignore it. For the environment of task hosts.
 */
export const KEEP_FREED_MEMORY = {
  MALLOC_MMAP_THRESHOLD_: '4294967296',
  MALLOC_TRIM_THRESHOLD_: '4294967296',
  MALLOC_TOP_PAD_: '268435456',
}
