/** Resolves with the first SIGINT or SIGTERM; a second one ends the process at once. */
export function firstSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const hear = (signal: NodeJS.Signals) => {
      // With no listener left the next signal does what it does by default: it kills.
      process.off('SIGINT', hear).off('SIGTERM', hear);
      resolve(signal);
    };
    process.on('SIGINT', hear).on('SIGTERM', hear);
  });
}

/** Runs work that a signal calls off in good order. */
export async function untilSignal<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = () => controller.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    return await work(controller.signal);
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}
