/** The one function that is used of a package without types. */
declare module 'fs-native-extensions' {
  /**
   * Locks a file for this open descriptor, exclusively and whole: an open-file-description lock on Linux, `flock` on
   * macOS, `LockFileEx` on Windows. Returns false where another descriptor has it. Errors: those of the system.
   */
  export function tryLock(fd: number): boolean;
}
