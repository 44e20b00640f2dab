/** Somebody on a roster: where, which nobody else writes. */
export interface Listed {
  place: number;
}

/**
 * Who is here, where members come and leave with every call. A Set would do, were it not for the collector: V8 makes the
 * table of a Set anew after as many deletions as it has members, each table points to the next, and so all of them keep
 * what was in them until the next full collection, half of all calls with all that hangs on them.
 */
export class Roster<T extends Listed> {
  private readonly members: T[] = [];

  get size(): number {
    return this.members.length;
  }

  enter(member: T): void {
    member.place = this.members.push(member) - 1;
  }

  /** Once for each that entered. The last one takes the empty place. */
  leave({ place }: Listed): void {
    const last = this.members.pop()!;
    if (last.place === place) return;
    last.place = place;
    this.members[place] = last;
  }

  /** As they stand now. */
  all(): readonly T[] {
    return [...this.members];
  }
}
