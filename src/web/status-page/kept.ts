/**
 * A value that is made at most once in so many milliseconds, however many ask for it at once; made anew at once where
 * `basis` gives something else than when it was made. What could not be made is not kept.
 */
export function keptFor<T, B>(
  ms: number,
  now: () => number,
  basis: () => B,
  make: (basis: B) => Promise<T>,
): () => Promise<T> {
  let kept: { readonly value: Promise<T>; readonly at: number; readonly basis: B } | null = null;
  return () => {
    const [at, on] = [now(), basis()];
    // A clock that was set back makes it anew, too.
    if (kept !== null && kept.basis === on && at >= kept.at && at - kept.at < ms) return kept.value;
    const value = make(on);
    const one = { value, at, basis: on };
    kept = one;
    value.catch(() => {
      if (kept === one) kept = null;
    });
    return value;
  };
}
