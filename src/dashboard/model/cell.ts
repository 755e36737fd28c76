/** A value that changes, and tells those who listen. */
export interface Cell<T> {
  get(): T;
  set(value: T): void;
  /** The function given back ends it. */
  listen(call: () => void): () => void;
}

/** Makes one. Setting what it holds already tells nobody. */
export function createCell<T>(initial: T): Cell<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set: (next) => {
      if (Object.is(next, value)) return;
      value = next;
      for (const call of [...listeners]) call();
    },
    listen: (call) => {
      listeners.add(call);
      return () => void listeners.delete(call);
    },
  };
}
