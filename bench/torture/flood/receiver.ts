import { createServer } from 'node:http';

/** A message in the words of the webhook's preset `generic`, as far as a flood is judged by it. */
export interface Told {
  readonly at: number;
  readonly key: string;
  readonly phase: string;
  /** Title of the incident of a message of its own. */
  readonly title: string;
  readonly severity: string;
  /** How many incidents of it fire, and how many have ended. */
  readonly firing: number;
  readonly resolved: number;
}

/** A target of notices that answers after a while. */
export interface Receiver {
  readonly url: string;
  /** In the order of arrival; a repeat under the same key is left out. */
  readonly told: readonly Told[];
  /** Messages that came under a key that had come before. */
  readonly repeats: number;
  close(): void;
}

/** Starts one. */
export async function startReceiver(answerMs: number): Promise<Receiver> {
  const told: Told[] = [];
  const keys = new Set<string>();
  let repeats = 0;
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const one = messageOf(JSON.parse(Buffer.concat(parts).toString('utf8')) as Body);
      if (keys.has(one.key)) repeats += 1;
      else told.push(one);
      keys.add(one.key);
      setTimeout(() => response.writeHead(200).end(), answerMs);
    });
    response.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/`,
    told,
    get repeats() {
      return repeats;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

interface Body {
  readonly key: string;
  readonly phase: string;
  readonly incident: { readonly title: string; readonly severity: string; readonly status: string };
  readonly digest?: { readonly firing: number; readonly resolved: number };
}

function messageOf({ key, phase, incident, digest }: Body): Told {
  const isOver = phase === 'resolved';
  return {
    ...{ at: performance.now(), key, phase, title: incident.title, severity: incident.severity },
    firing: digest?.firing ?? (isOver ? 0 : 1),
    resolved: digest?.resolved ?? (isOver ? 1 : 0),
  };
}
