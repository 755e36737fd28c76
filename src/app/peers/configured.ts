import { ConfigError } from '../../config/error.ts';
import type { Settings } from '../../config/settings.ts';
import type { PeerSettings } from './peers.ts';

/** What the configuration says of other hubs that are told. Most hubs have none, and load nothing for it. Throws ConfigError. */
export async function peersOf(settings: Settings): Promise<PeerSettings> {
  const { instanceId, port, links, peers } = settings;
  const url = peers.baseUrl ?? links.publicUrl ?? `http://${instanceId}:${port}`;
  if (settings.peersFile === undefined && peers.destinations === undefined) return { url, links: [] };
  const { readPeerLinks } = await import('../../config/peers/links.ts');
  const read = readPeerLinks(settings);
  if (read.problems.length > 0) throw new ConfigError(read.problems);
  return { url, links: read.links };
}
