import type { SourceReport } from '../../core/source-report.ts';
import type { AccessReads } from '../../stores/contract/access.ts';
import type { EndpointReads } from '../../stores/contract/endpoints.ts';
import type { InstanceKey } from '../../stores/contract/instance-keys.ts';
import type { LinkKey } from '../../stores/contract/link-keys.ts';
import type { ReadStore } from '../../stores/contract/reads.ts';
import type { DocumentName, QueryOf } from '../../web/api/documents.ts';
import type { StreamReads } from '../../web/stream/reads.ts';
import type { TextParts } from '../../web/text.ts';
import type { PlainRelations } from './relations.ts';

/** What a front reads of the store; where the store is the embedded one, in another thread. */
export interface Reader {
  /** A document as JSON text; undefined when there is no such thing. */
  read<N extends DocumentName>(name: N, query: QueryOf<N>): Promise<TextParts | undefined>;
  /** Ids of alerts or incidents by a part of them. */
  readonly findIds: ReadStore['findIds'];
  findKey(id: string): Promise<InstanceKey | undefined>;
  listKeys(): Promise<readonly InstanceKey[]>;
  /** Who has access, as it stands in the store at that moment: nothing of it is remembered. */
  readonly access: AccessReads;
  findLinkKey(id: string): Promise<LinkKey | undefined>;
  /** By which alerts hold back others, from now on. */
  setRelations(relations: PlainRelations | null): Promise<void>;
  /** What is known of endpoints and probes. */
  readonly endpoints: EndpointReads;
  /** What live streams read. */
  readonly streams: StreamReads;
  /** What is kept of the sources, by name. */
  listSources(): Promise<readonly SourceReport[]>;
}
