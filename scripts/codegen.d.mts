/** Every generated file with its contents, by path from the repository's root. */
export function generate(): Promise<Map<string, string>>;
