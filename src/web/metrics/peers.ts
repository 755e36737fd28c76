import type { PeerView } from '../../peers/follow.ts';
import { counter, type Family, gauge } from './exposition.ts';

/** The figures of peers that are told; none where there are none. */
export function peerFamilies(peers: readonly PeerView[]): readonly Family[] {
  if (peers.length === 0) return [];
  const ofEach = (value: (peer: PeerView) => number) =>
    peers.map((peer) => ({ labels: { peer: peer.name }, value: value(peer) }));
  return [
    gauge(
      'monitor_peer_up',
      '1 while the peer takes what it is told, else 0.',
      ofEach(({ condition }) => Number(condition === 'ok')),
    ),
    gauge(
      'monitor_peer_lag_events',
      'Events of the history that the peer has not been told.',
      ofEach(({ lag }) => lag?.events ?? 0),
    ),
    gauge(
      'monitor_peer_lag_seconds',
      'Age of the first of them; 0 where there is none.',
      ofEach(({ lag }) => (lag?.ms ?? 0) / 1000),
    ),
    counter(
      'monitor_peer_sent_total',
      'Entries that the peer has taken.',
      ofEach(({ standing }) => standing.sent),
    ),
    counter(
      'monitor_peer_refused_total',
      'Entries that the peer has refused for good.',
      ofEach(({ standing }) => standing.refused),
    ),
  ];
}
