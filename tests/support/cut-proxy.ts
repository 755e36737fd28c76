import { connect, createServer, type Socket } from 'node:net';

/** A TCP proxy on a port of 127.0.0.1 that cuts, and delays, what goes through it. */
export interface CutProxy {
  readonly port: number;
  /** Closes what is open, and whatever comes from now on. */
  cut(): void;
  /** From now on what a server answers is held back for so long. */
  delay(ms: number): void;
  /** Carries everything again, at once. */
  mend(): void;
  close(): Promise<void>;
}

/** Starts one before a port of 127.0.0.1, which is asked for each connection where it changes. */
export async function startCutProxy(target: number | (() => number)): Promise<CutProxy> {
  const open = new Set<Socket>();
  const held = new Set<NodeJS.Timeout>();
  let mode: 'whole' | 'cut' = 'whole';
  let delayMs = 0;
  const keep = (socket: Socket) => {
    open.add(socket);
    socket.on('error', () => {}).on('close', () => open.delete(socket));
  };
  const destroyAll = () => {
    for (const socket of open) socket.destroy();
  };
  const server = createServer((client) => {
    if (mode === 'cut') return void client.on('error', () => {}).resetAndDestroy();
    const upstream = connect(typeof target === 'number' ? target : target(), '127.0.0.1');
    keep(client);
    keep(upstream);
    client.on('close', () => upstream.destroy()).pipe(upstream);
    upstream.on('close', () => client.destroy());
    upstream.on('data', (chunk: Buffer) => {
      if (delayMs === 0) return void client.write(chunk);
      const timer = setTimeout(() => {
        held.delete(timer);
        client.write(chunk);
      }, delayMs);
      held.add(timer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    cut: () => {
      mode = 'cut';
      destroyAll();
    },
    delay: (ms) => {
      delayMs = ms;
    },
    mend: () => {
      [mode, delayMs] = ['whole', 0];
    },
    close: () =>
      new Promise((resolve) => {
        for (const timer of held) clearTimeout(timer);
        server.close(() => resolve());
        destroyAll();
      }),
  };
}
