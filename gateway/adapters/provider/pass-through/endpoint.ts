const MOST_BASES = 1_000;

/** The address of one endpoint below a base address, put together once for each base: every call asks for it. */
export function endpoint(path: string): (base: string) => string {
  const known = new Map<string, string>();
  return (base) => {
    let address = known.get(base);
    if (address === undefined) {
      address = base.replace(/\/+$/, '') + path;
      if (known.size >= MOST_BASES) known.clear();
      known.set(base, address);
    }
    return address;
  };
}
