/** Keeps the headings above the current place. */
export class HeadingPath {
  private stack: Array<{ level: number; text: string }> = [];

  /** The path of a block that stands here. */
  current(): readonly string[] {
    return this.stack.map((heading) => heading.text);
  }

  /** Enters a heading and returns the path above it. */
  enter(level: number, text: string): readonly string[] {
    this.stack = this.stack.filter((heading) => heading.level < level);
    const path = this.current();
    this.stack.push({ level, text });
    return path;
  }
}
