import { setFlagsFromString } from 'node:v8';

/** How much the old generation may grow over what lives before garbage is collected, percent. */
const HEAP_GROWING_PERCENT = 30;

/**
 * Holds the memory of this process down, for good; to be called before anything large is loaded. Left alone the virtual
 * machine doubles its old generation and more before it looks for garbage, and its young one up to 2 x 16 MiB, so that a
 * gateway, of whose calls hardly anything stays, keeps half of its memory for garbage. The young generation stays as it
 * is at the start of a command (2 x 4 MiB). What it costs stands in docs/benchmarks.md.
 */
export function keepHeapSmall(): void {
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWING_PERCENT}`);
  setFlagsFromString('--semi-space-growth-factor=1');
}
