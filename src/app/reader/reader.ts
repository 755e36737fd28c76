import type { NoticeHistory } from '../../stores/contract/notice-history.ts';
import type { Reads } from '../../stores/tables/reads.ts';
import { createDocuments, type DocumentParts } from '../../web/api/documents.ts';
import { partsOf } from '../../web/text.ts';
import type { Reader } from './contract.ts';
import { relationRules } from './relations.ts';

/** A reader in this thread. */
export function createReader(store: Reads & NoticeHistory, parts: Omit<DocumentParts, 'store'>): Reader {
  let documents = createDocuments({ ...parts, store });
  return {
    read: (name, query) => partsOf(documents[name](query as never)),
    findIds: store.findIds,
    findKey: store.findKey,
    findLinkKey: store.findLinkKey,
    setRelations: async (plain) => {
      documents = createDocuments({ ...parts, store, relations: await relationRules(plain) });
    },
    listSources: store.listSources,
  };
}
