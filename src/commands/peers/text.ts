import { fields } from '../columns.ts';
import { agoText, type Screen } from '../screen/screen.ts';
import type { Column } from '../screen/table.ts';

/** A peer as the API gives it. */
export interface PeerJson {
  readonly name: string;
  readonly url: string;
  readonly kind: string;
  readonly filter: readonly string[];
  readonly condition: string;
  readonly is_resyncing: boolean;
  readonly lag_events: number | null;
  readonly lag_seconds: number | null;
  readonly sent: number;
  readonly refused: number;
  readonly failures: number;
  readonly next_attempt_at: string | null;
  readonly last_success_at: string | null;
  readonly last_error: string | null;
  readonly last_error_at: string | null;
  readonly dead_letters: readonly { readonly at: string; readonly kind: string; readonly reason: string }[];
}

/** The columns of a list of peers. */
export const PEER_COLUMNS: readonly Column<PeerJson>[] = [
  { header: 'STATE', cell: stateText, tone: ({ condition }) => (condition === 'ok' ? null : 'unknown') },
  { header: 'PEER', cell: ({ name }) => name, least: 8 },
  { header: 'KIND', cell: ({ kind }) => kind },
  { header: 'URL', cell: ({ url }) => url, least: 16, leaves: 2 },
  { header: 'WAITING', cell: ({ lag_events: lag }) => (lag === null ? '' : String(lag)), align: 'right' },
  { header: 'TOLD', cell: ({ last_success_at: at }, screen) => agoText(at, screen) },
  { header: 'REFUSED', cell: ({ refused }) => String(refused), align: 'right', leaves: 1 },
  { header: 'LAST ERROR', cell: ({ last_error: error }) => error ?? '', least: 10, leaves: 3 },
];

function stateText({ condition, is_resyncing: isResyncing }: PeerJson): string {
  return isResyncing && condition === 'ok' ? 'resyncing' : condition;
}

/** One peer with all that is known of it, in lines. */
export function peerLines(peer: PeerJson, screen: Screen): readonly string[] {
  const lag = peer.lag_events === null ? '' : `${peer.lag_events} events, ${Math.round(peer.lag_seconds ?? 0)} s`;
  const letters = peer.dead_letters.map(({ at, kind, reason }) => `${agoText(at, screen)}  ${kind}: ${reason}`);
  return [
    ...fields([
      ['peer', peer.name],
      ['url', peer.url],
      ['kind', peer.kind],
      ['filter', peer.filter.join(', ')],
      ['state', stateText(peer)],
      ['behind', lag],
      ['sent', String(peer.sent)],
      ['refused', String(peer.refused)],
      ['failures', peer.failures === 0 ? '' : `${peer.failures} in a row`],
      ['tried again', peer.next_attempt_at ?? ''],
      ['last told', agoText(peer.last_success_at, screen)],
      ['last error', peer.last_error ?? ''],
    ]),
    ...(letters.length === 0 ? [] : ['', 'Refused for good:', ...letters]),
  ];
}
