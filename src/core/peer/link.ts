import type { PeerFilter } from './filter.ts';

/** How a peer knows who sends. */
export type PeerAuth =
  | { readonly scheme: 'hawk'; readonly id: string; readonly secret: string }
  | { readonly scheme: 'key'; readonly key: string }
  | { readonly scheme: 'basic'; readonly username: string; readonly password: string }
  | { readonly scheme: 'bearer'; readonly token: string };

/** Another hub, or an Alerta, that is told: a plain value, its secrets in place. */
export interface PeerLink {
  readonly name: string;
  /** Its base address, without the last slash. */
  readonly url: string;
  readonly kind: 'native' | 'alerta';
  readonly auth: PeerAuth | null;
  readonly filter: PeerFilter;
  /** For one request, milliseconds. */
  readonly timeoutMs: number;
  readonly tls: PeerTls;
  /** Below the base address; `{id}` stands for the id of an alert. */
  readonly paths: PeerPaths;
}

/** How a peer is known, and this hub to it, where it is reached by https. */
export interface PeerTls {
  /** PEM files. */
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  /** Whether its certificate is not looked at. */
  readonly isUnverified?: boolean;
}

/** Where a peer takes what. */
export interface PeerPaths {
  readonly entries: string;
  readonly alert: string;
  readonly action: string;
  readonly delete: string;
}

/** Where that is, unless it is said otherwise. */
export const PEER_PATHS: PeerPaths = {
  entries: '/api/v1/peers/entries',
  alert: '/alert',
  action: '/alert/{id}/action',
  delete: '/alert/{id}',
};
