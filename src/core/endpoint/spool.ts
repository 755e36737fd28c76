/** A result that waits to be told. */
export interface SpooledResult {
  readonly key: string;
  readonly success: boolean;
  readonly abstains: boolean;
}

/** Results in the order in which they were added, until they are told. Changed in place. */
export interface ResultSpool<R extends SpooledResult> {
  add(result: R): void;
  /** The oldest of them, which stay until they are removed. */
  oldest(most: number): readonly R[];
  remove(results: readonly R[]): void;
  /** Leaves only results of these endpoints; gives how many went. */
  keepOnly(keys: ReadonlySet<string>): number;
  /** Leaves out what only repeats the result before; gives how many went. */
  coalesce(): number;
  size(): number;
}

/**
 * An empty spool for so many results. One that is full leaves out results that repeat the one before, and where that is not
 * enough all but the first failure and the latest result of each endpoint: these are never left out.
 */
export function createResultSpool<R extends SpooledResult>(limit: number): ResultSpool<R> {
  let all: R[] = [];
  // Where endpoints are so many that what must stay is more than the limit, not every result is a reason to look again.
  let fullAt = limit;
  const leave = (kept: (byKey: ReadonlyMap<string, readonly R[]>) => ReadonlySet<R>): number => {
    const before = all.length;
    const stay = kept(grouped(all));
    all = all.filter((one) => stay.has(one));
    return before - all.length;
  };
  return {
    add: (result) => {
      all.push(result);
      if (all.length <= fullAt) return;
      leave(withoutRepeats);
      if (all.length > limit) leave(essential);
      fullAt = Math.max(limit, 2 * all.length);
    },
    oldest: (most) => all.slice(0, most),
    remove: (results) => {
      const gone = new Set(results);
      all = all.filter((one) => !gone.has(one));
    },
    keepOnly: (keys) => leave(() => new Set(all.filter(({ key }) => keys.has(key)))),
    coalesce: () => leave(withoutRepeats),
    size: () => all.length,
  };
}

function grouped<R extends SpooledResult>(all: readonly R[]): ReadonlyMap<string, readonly R[]> {
  const byKey = new Map<string, R[]>();
  for (const one of all) {
    const known = byKey.get(one.key);
    if (known === undefined) byKey.set(one.key, [one]);
    else known.push(one);
  }
  return byKey;
}

/** Of each endpoint the first of equal results in a row, and the latest of all. */
function withoutRepeats<R extends SpooledResult>(byKey: ReadonlyMap<string, readonly R[]>): ReadonlySet<R> {
  const stay = new Set<R>();
  for (const results of byKey.values()) {
    results.forEach((one, index) => {
      const before = results[index - 1];
      const repeats = before?.success === one.success && before.abstains === one.abstains;
      if (!repeats || index === results.length - 1) stay.add(one);
    });
  }
  return stay;
}

/** Of each endpoint the first failure, and the latest result. */
function essential<R extends SpooledResult>(byKey: ReadonlyMap<string, readonly R[]>): ReadonlySet<R> {
  const stay = new Set<R>();
  for (const results of byKey.values()) {
    const failure = results.find(({ success, abstains }) => !success && !abstains);
    for (const one of [failure, results.at(-1)]) if (one !== undefined) stay.add(one);
  }
  return stay;
}
