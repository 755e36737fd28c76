/** Something that lives as long as the process. `stop` ends what `start` began and resolves when it has. */
export interface Part {
  readonly name: string;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts parts in order; when one fails, those already started are stopped in reverse and the error is thrown on. */
export async function startAll(parts: readonly Part[]): Promise<() => Promise<void>> {
  const started: Part[] = [];
  const stopAll = async () => {
    for (const part of started.splice(0).reverse()) await part.stop();
  };
  try {
    for (const part of parts) {
      await part.start();
      started.push(part);
    }
  } catch (error) {
    await stopAll();
    throw error;
  }
  return stopAll;
}
