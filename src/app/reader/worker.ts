// The thread that reads the embedded store for the front.
import type { Position, ResumeVerdict } from '../../core/history-position.ts';
import type { SourceReport } from '../../core/source-report.ts';
import { systemClock } from '../../lib/clock.ts';
import { insideThread } from '../../lib/threads/inside.ts';
import type { EndpointReads } from '../../stores/contract/endpoints.ts';
import type { InstanceKey } from '../../stores/contract/instance-keys.ts';
import type { LinkKey } from '../../stores/contract/link-keys.ts';
import type { Identified } from '../../stores/contract/reads.ts';
import { createSqliteNoticeReads } from '../../stores/sqlite/followers.ts';
import { createSqliteHistory } from '../../stores/sqlite/history.ts';
import { openSqliteReads } from '../../stores/sqlite/reads.ts';
import type { DocumentName, QueryOf } from '../../web/api/documents.ts';
import type { StreamedEvent } from '../../web/stream/event.ts';
import type { TextPart, TextParts } from '../../web/text.ts';
import { storeFile } from '../store/open.ts';
import { createReader } from './reader.ts';
import { type PlainRelations, relationRules } from './relations.ts';
import type { ReaderSettings } from './thread.ts';

/** Part of a document, and the number under which to ask for the next. */
export interface GivenPart extends TextPart {
  readonly id: number;
}

/** A question about endpoints: a function of what is read of them, and what it is given. */
export interface EndpointQuestion {
  readonly name: keyof EndpointReads;
  readonly values: readonly (string | number | readonly string[] | undefined)[];
}

/** What the thread offers the front. */
export type ReaderOffer = {
  open(argument: undefined): Promise<void>;
  close(argument: undefined): Promise<void>;
  read(asked: { readonly name: DocumentName; readonly query: QueryOf<DocumentName> }): Promise<GivenPart | undefined>;
  more(id: number): Promise<TextPart>;
  drop(id: number): Promise<void>;
  findIds(asked: {
    readonly of: Identified;
    readonly part: string;
    readonly limit: number;
  }): Promise<readonly string[]>;
  findKey(id: string): Promise<InstanceKey | undefined>;
  findLinkKey(id: string): Promise<LinkKey | undefined>;
  endpoints(asked: EndpointQuestion): Promise<unknown>;
  setRelations(plain: PlainRelations | null): Promise<void>;
  streamHead(argument: undefined): Promise<Position>;
  streamResume(position: Position): Promise<ResumeVerdict>;
  streamAfter(asked: {
    readonly position: Position;
    readonly limit: number;
    readonly hasLabels: boolean;
  }): Promise<readonly StreamedEvent[]>;
  listSources(argument: undefined): Promise<readonly SourceReport[]>;
};

const { data, offer } = insideThread();
offer(createOffer(data as ReaderSettings));

function createOffer({ stateDir, resolveTimeoutMs, historyMs, relations: plain }: ReaderSettings): ReaderOffer {
  let opened: (ReturnType<typeof createReader> & { close(): void }) | null = null;
  const texts = new Map<number, TextParts>();
  let last = 0;
  const running = () => {
    if (opened === null) throw new Error('the store is not open');
    return opened;
  };
  const next = async (id: number, text: TextParts): Promise<TextPart> => {
    const { value = { bytes: new Uint8Array(0), last: true } } = await text.next();
    if (value.last) texts.delete(id);
    return value;
  };
  return {
    open: async () => {
      const { reads, connection, close } = openSqliteReads(storeFile({ stateDir }));
      const store = { ...reads, ...createSqliteNoticeReads(connection), ...createSqliteHistory(connection) };
      const relations = await relationRules(plain);
      opened = { ...createReader(store, { now: systemClock.now, resolveTimeoutMs, historyMs, relations }), close };
    },
    close: async () => opened?.close(),
    read: async ({ name, query }) => {
      const text = await running().read(name, query as never);
      if (text === undefined) return undefined;
      last += 1;
      texts.set(last, text);
      return { id: last, ...(await next(last, text)) };
    },
    more: async (id) => {
      const text = texts.get(id);
      if (text === undefined) throw new Error('there is nothing more of this text');
      return next(id, text);
    },
    drop: async (id) => {
      await texts.get(id)?.return?.();
      texts.delete(id);
    },
    findIds: async ({ of, part, limit }) => running().findIds(of, part, limit),
    findKey: async (id) => running().findKey(id),
    findLinkKey: async (id) => running().findLinkKey(id),
    endpoints: async ({ name, values }) =>
      (running().endpoints[name] as (...given: typeof values) => Promise<unknown>)(...values),
    setRelations: async (given) => running().setRelations(given),
    streamHead: async () => running().streams.head(),
    streamResume: async (position) => running().streams.resume(position),
    streamAfter: async ({ position, limit, hasLabels }) => running().streams.after(position, limit, hasLabels),
    listSources: async () => running().listSources(),
  };
}
