/** The sections of monitor.yaml about other hubs. */
export const PEER_SECTIONS: readonly string[] = ['peer_keys', 'peers'];
