/** A table that an export carries. */
export interface TransferTable {
  readonly name: string;
  /** Its name in exports of schemas before 8. */
  readonly formerly?: string;
  /** Its key, by whose order rows are written and compared. */
  readonly key: string;
  /** A number that the store gives by itself: after an import it goes on behind the highest. */
  readonly numbered?: true;
  /** Holds secrets: carried only when asked for. */
  readonly secret?: true;
  /** A hub writes to it by itself all the time, so that it is carried but not compared. */
  readonly restless?: true;
  /** A column of one engine that means nothing elsewhere. */
  readonly without?: string;
  /** The rows that mean something elsewhere, as a condition. */
  readonly only?: string;
}

/** What an export carries, in its order. */
export const TRANSFER_TABLES: readonly TransferTable[] = [
  { name: 'incidents', key: 'id' },
  { name: 'alerts', key: 'rid', numbered: true },
  { name: 'alert_states', key: 'rid' },
  { name: 'expiries', key: 'rid' },
  // Which transaction of PostgreSQL wrote it.
  { name: 'events', key: 'seq', numbered: true, without: 'xid' },
  { name: 'audit_chain', key: 'n', restless: true },
  { name: 'instances', key: 'instance_id' },
  { name: 'replays', formerly: 'deliveries', key: 'rid', numbered: true },
  { name: 'actions', key: 'id' },
  { name: 'instance_keys', key: 'id', secret: true },
  { name: 'link_keys', key: 'id', secret: true },
  { name: 'tokens', key: 'id', secret: true },
  { name: 'people', key: 'id', secret: true },
  // What people were told: a hub that goes on elsewhere tells nobody anew.
  { name: 'notices', key: 'incident_id, channel', restless: true },
  { name: 'notice_attempts', key: 'id' },
  { name: 'own_keys', key: 'key', restless: true },
  { name: 'silences', key: 'id' },
  // What came from other hubs is not taken a second time elsewhere.
  { name: 'peer_marks', key: 'key', restless: true },
  { name: 'endpoint_states', key: 'key', restless: true },
  { name: 'endpoint_looks', key: 'endpoint, at, probe' },
  { name: 'endpoint_rollups', key: 'endpoint, step, start', restless: true },
  { name: 'endpoint_outages', key: 'endpoint, started_at' },
  { name: 'endpoint_pings', key: 'endpoint, at, kind, run' },
  { name: 'probe_states', key: 'id', restless: true },
  { name: 'sample_shapes', key: 'id' },
  { name: 'samples', key: 'seq', numbered: true, without: 'xid' },
  // When the hub was last up: from it follows for how long no instance could be heard. And by what it knows its own notices.
  { name: 'hub_state', formerly: 'notes', key: 'name', restless: true, only: `name IN ('heartbeat', 'hub_id')` },
];

/** Tables that mean nothing in another store: who works, how far, when somebody was heard last, and who is logged in; and an index that is made anew. */
export const LEFT_OUT: readonly string[] = [
  'leases',
  'sources',
  'followers',
  'notice_looks',
  'sessions',
  'alert_words',
  'peer_states',
  // Judged by positions that mean nothing elsewhere; it is made anew of the samples.
  'rule_states',
];
