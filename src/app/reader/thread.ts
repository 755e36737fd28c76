import type { Settings } from '../../config/settings.ts';
import type { Part } from '../../lib/lifecycle.ts';
import type { Logger } from '../../lib/log/logger.ts';
import { startThread, type Thread } from '../../lib/threads/thread.ts';
import type { EndpointReads } from '../../stores/contract/endpoints.ts';
import type { TextParts } from '../../web/text.ts';
import type { Reader } from './contract.ts';
import type { PlainRelations } from './relations.ts';
import type { GivenPart, ReaderOffer } from './worker.ts';

/** The settings that the reader lives by. */
export type ReaderSettings = Pick<Settings, 'stateDir' | 'resolveTimeoutMs'> & {
  readonly historyMs: number;
  readonly relations: PlainRelations | null;
};

// What is read at a time is small, and little of it is kept.
const YOUNG_MB = 8;

/** A reader of the embedded store, in a thread of its own. */
export interface ReaderThread extends Pick<Thread<ReaderOffer>, 'died'> {
  readonly reader: Omit<Reader, 'access' | 'listKeys'>;
  readonly part: Part;
}

/** Starts the thread; the store, which must be there by then, is opened when the part is started. */
export function startReaderThread(
  { stateDir, resolveTimeoutMs, historyMs, relations }: ReaderSettings,
  logger: Logger,
): ReaderThread {
  const entry = new URL('./reader.js', import.meta.url);
  const { call, died, part } = startThread<ReaderOffer>({
    ...{
      name: 'the reader',
      entry,
      data: { stateDir, resolveTimeoutMs, historyMs, relations },
      youngMb: YOUNG_MB,
      logger,
    },
  });
  const textOf = (first: GivenPart): TextParts => {
    const { id } = first;
    let ahead: Promise<{ readonly bytes: Uint8Array; readonly last: boolean }> | null = Promise.resolve(first);
    return {
      next: async () => {
        if (ahead === null) return { done: true, value: undefined };
        const value = await ahead;
        ahead = value.last ? null : call('more', id);
        return { done: false, value };
      },
      return: async () => {
        // What was asked ahead is no longer waited for, whatever becomes of it.
        await ahead?.catch(() => undefined);
        if (ahead !== null) await call('drop', id);
        ahead = null;
        return { done: true, value: undefined };
      },
    };
  };
  const ask = <N extends keyof EndpointReads>(name: N, ...values: Parameters<EndpointReads[N]>) =>
    call('endpoints', { name, values }) as ReturnType<EndpointReads[N]>;
  return {
    died,
    reader: {
      read: async (name, query) => {
        const first = await call('read', { name, query });
        return first === undefined ? undefined : textOf(first);
      },
      findIds: (of, part, limit) => call('findIds', { of, part, limit }),
      findKey: (id) => call('findKey', id),
      findLinkKey: (id) => call('findLinkKey', id),
      setRelations: (plain) => call('setRelations', plain),
      endpoints: {
        endpointStates: () => ask('endpointStates'),
        probeStates: () => ask('probeStates'),
        endpointLooks: (...given) => ask('endpointLooks', ...given),
        endpointRollups: (...given) => ask('endpointRollups', ...given),
        latestLooks: (...given) => ask('latestLooks', ...given),
        endpointSums: (...given) => ask('endpointSums', ...given),
        endpointPings: (...given) => ask('endpointPings', ...given),
        endpointOutages: (...given) => ask('endpointOutages', ...given),
      },
      streams: {
        head: () => call('streamHead', undefined),
        resume: (position) => call('streamResume', position),
        after: (position, limit, hasLabels) => call('streamAfter', { position, limit, hasLabels }),
      },
      listSources: () => call('listSources', undefined),
    },
    part: part(
      () => call('open', undefined),
      () => call('close', undefined),
    ),
  };
}
