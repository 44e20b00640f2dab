/** Money and tokens that go together: what is reserved, spent or left. Whole numbers. */
export interface Amount {
  /** Micro US dollars. */
  readonly micros: number;
  /** Input and output tokens. */
  readonly tokens: number;
}

export const NO_AMOUNT: Amount = { micros: 0, tokens: 0 };

/** What a call costs at most, by the length of its answer: money is rounded up, once, at the end. */
export interface CostLine {
  /** Micro dollars of the input; may have a fraction. */
  readonly inputMicros: number;
  readonly inputTokens: number;
  /** Micro dollars of one token of output; may have a fraction. */
  readonly outputMicros: number;
}

export function amountOf(cost: CostLine, outputTokens: number): Amount {
  return {
    micros: Math.ceil(cost.inputMicros + outputTokens * cost.outputMicros),
    tokens: cost.inputTokens + outputTokens,
  };
}

/** What is left of a cap; null where the cap says nothing. */
export interface Room {
  readonly micros: number | null;
  readonly tokens: number | null;
}

/** The longest answer that fits: below 0 when not even the input does, `limit` when nothing stands in the way. */
export function longestAnswer(cost: CostLine, room: Room, limit: number): number {
  let longest = limit;
  if (room.tokens !== null) longest = Math.min(longest, room.tokens - cost.inputTokens);
  if (room.micros !== null) {
    if (Math.ceil(cost.inputMicros) > room.micros) return -1;
    if (cost.outputMicros > 0) {
      let byMoney = Math.floor((room.micros - cost.inputMicros) / cost.outputMicros);
      // The division may round up past the last token that fits.
      if (Math.ceil(cost.inputMicros + byMoney * cost.outputMicros) > room.micros) byMoney -= 1;
      longest = Math.min(longest, byMoney);
    }
  }
  return longest < 0 ? -1 : longest;
}
