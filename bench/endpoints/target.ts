import { createServer } from 'node:http';

/** A web server whose every path is an endpoint, and which knows when each was asked for. */
export interface Target {
  readonly port: number;
  /** Milliseconds of `performance.now()` at which each path was asked for since the last `forget`. */
  readonly arrivals: ReadonlyMap<string, readonly number[]>;
  forget(): void;
  close(): Promise<void>;
}

/** Starts one on a free port of 127.0.0.1. */
export async function startTarget(): Promise<Target> {
  const arrivals = new Map<string, number[]>();
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    const known = arrivals.get(path);
    if (known === undefined) arrivals.set(path, [performance.now()]);
    else known.push(performance.now());
    response.end('ok');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    arrivals,
    forget: () => arrivals.clear(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** How far each look was from the plan of its endpoint: whole intervals, in the phase that the median of its looks has. */
export function deviations(arrivals: ReadonlyMap<string, readonly number[]>, intervalMs: number): number[] {
  return [...arrivals.values()].flatMap((times) => {
    const [first] = times;
    if (first === undefined || times.length < 2) return [];
    const phases = times.map((time) => time - first - Math.round((time - first) / intervalMs) * intervalMs);
    const middle = phases.toSorted((a, b) => a - b)[Math.floor(phases.length / 2)] ?? 0;
    return phases.map((phase) => Math.abs(phase - middle));
  });
}
