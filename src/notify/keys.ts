/** What targets with incidents of their own know an episode of an incident by. */
export function dedupKeyOf(hash: (text: string) => string, incidentKey: string, episode: number | null): string {
  return hash(JSON.stringify([incidentKey, episode]));
}

/** What they know a digest by: of the keys of the messages in it. */
export function digestKeyOf(hash: (text: string) => string, keys: readonly string[]): string {
  return hash(JSON.stringify(keys.toSorted()));
}
