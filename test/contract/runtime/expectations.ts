import { expect } from 'vitest';
import { isKazeError } from '#platform';
import type { Client } from '../../support/agents/cell.ts';

/** The code that a call is refused with, or `none`. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'none',
    (error: unknown) => (isKazeError(error) ? error.code : String(error)),
  );
}

const LAST = ['delivered', 'awaiting_approval', 'rejected', 'failed', 'cancelled'];

/** The task once it has reached a state from which no worker moves it. */
export async function settled(client: Client, id: string, states: readonly string[] = LAST) {
  await expect
    .poll(async () => (await client.task(id)).state, { timeout: 90_000, interval: 20 })
    .toBeOneOf([...states]);
  return client.task(id);
}

/** A promise with its ends in hand. */
export function gate<T = void>() {
  let open: (value: T) => void = () => {};
  const passed = new Promise<T>((resolve) => {
    open = resolve;
  });
  return { open, passed };
}
