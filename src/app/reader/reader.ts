import type { HistoryReads } from '../../stores/contract/history.ts';
import type { NoticeHistory } from '../../stores/contract/notice-history.ts';
import type { Reads } from '../../stores/tables/reads.ts';
import { createDocuments, type DocumentParts } from '../../web/api/documents.ts';
import { createStreamReads } from '../../web/stream/reads.ts';
import { partsOf } from '../../web/text.ts';
import type { Reader } from './contract.ts';
import { relationRules } from './relations.ts';

/** A reader in this thread. */
export function createReader(
  store: Reads & NoticeHistory & HistoryReads,
  { historyMs, ...parts }: Omit<DocumentParts, 'store'> & { readonly historyMs: number },
): Reader {
  let documents = createDocuments({ ...parts, store });
  return {
    read: (name, query) => partsOf(documents[name](query as never)),
    findIds: store.findIds,
    findKey: store.findKey,
    listKeys: store.listKeys,
    access: store,
    findLinkKey: store.findLinkKey,
    setRelations: async (plain) => {
      documents = createDocuments({ ...parts, store, relations: await relationRules(plain) });
    },
    endpoints: store,
    streams: createStreamReads({ store, now: parts.now, historyMs }),
    listSources: store.listSources,
  };
}
