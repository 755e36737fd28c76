/** Tells listeners how far the history has grown. */
export interface Signal {
  /** The history reaches to `seq` at least. */
  raise(seq: number): void;
  listen(listener: (seq: number) => void): void;
}

/** A signal that tells all that is raised in one turn of the event loop once, with the highest number. */
export function createSignal(): Signal {
  const listeners: ((seq: number) => void)[] = [];
  let highest = 0;
  let told = 0;
  const tell = () => {
    told = highest;
    for (const listener of listeners) listener(told);
  };
  return {
    raise: (seq) => {
      if (seq <= highest) return;
      const isPlanned = highest > told;
      highest = seq;
      if (!isPlanned) setImmediate(tell);
    },
    listen: (listener) => void listeners.push(listener),
  };
}
