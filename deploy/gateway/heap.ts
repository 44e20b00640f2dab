import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** How much the old generation may grow over what lives before garbage is collected, percent. */
const HEAP_GROWING_PERCENT = 30;
/** Of the young generation, both halves: with less, calls under way are copied too often; with more, it is all garbage. */
const YOUNG_BYTES = 8 * 2 ** 20;
const LOOK_MS = 100;

/**
 * Holds the memory of this process down, for good; to be called before anything large is loaded. Left alone the virtual
 * machine doubles its old generation and more before it looks for garbage, and its young one up to 32 MiB, so that a
 * gateway, of whose calls hardly anything stays, keeps half of its memory for garbage. What it costs stands in
 * docs/benchmarks.md.
 */
export function keepHeapSmall(): { started(): void } {
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWING_PERCENT}`);
  // So little of so small a generation lives that waking helpers takes longer than what they help with.
  setFlagsFromString('--no-parallel-scavenge');
  // What is loaded stays, and would be taken for a reason to grow.
  youngMayGrow(false);
  return { started: lookAfterYoung };
}

/**
 * By doubling, up to `YOUNG_BYTES`. V8 takes a limit only at its own start, so it is looked after; and it shrinks what is
 * not used for a while, to double it again when calls come.
 */
function lookAfterYoung(): void {
  let may = false;
  const look = setInterval(() => {
    if (youngBytes() < YOUNG_BYTES === may) return;
    may = !may;
    youngMayGrow(may);
  }, LOOK_MS);
  look.unref();
}

function youngMayGrow(may: boolean): void {
  setFlagsFromString(`--semi-space-growth-factor=${may ? 2 : 1}`);
}

function youngBytes(): number {
  return getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space')?.space_size ?? 0;
}
