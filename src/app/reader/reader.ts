import type { NoticeHistory } from '../../stores/contract/notice-history.ts';
import type { Reads } from '../../stores/tables/reads.ts';
import { createDocuments, type DocumentParts } from '../../web/api/documents.ts';
import { partsOf } from '../../web/text.ts';
import type { Reader } from './contract.ts';

/** A reader in this thread. */
export function createReader(store: Reads & NoticeHistory, parts: Omit<DocumentParts, 'store'>): Reader {
  const documents = createDocuments({ ...parts, store });
  return {
    read: (name, query) => partsOf(documents[name](query as never)),
    findIds: store.findIds,
    findKey: store.findKey,
    findLinkKey: store.findLinkKey,
    listSources: store.listSources,
  };
}
