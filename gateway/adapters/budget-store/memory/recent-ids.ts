/** The last ids, at least `fewest` and at most twice as many: the older half is forgotten at once, which costs nothing. */
export class RecentIds {
  private young = new Set<string>();
  private old: ReadonlySet<string> = new Set();

  constructor(private readonly fewest: number) {}

  add(id: string): void {
    if (this.young.size === this.fewest) {
      this.old = this.young;
      this.young = new Set();
    }
    this.young.add(id);
  }

  has(id: string): boolean {
    return this.young.has(id) || this.old.has(id);
  }
}
