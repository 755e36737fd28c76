import { isObject } from '../../core/reading/read.ts';
import { tokenOf } from '../endpoints/secrets.ts';
import { withEnvFile } from '../env-file.ts';
import { type Tell, tellIssue } from '../issues.ts';
import { pathText } from '../notify/document.ts';
import type { Settings } from '../settings.ts';
import type { PeerKey } from './document.ts';
import { PEER_KEY } from './schema.ts';

/** Keys, and what is wrong with what is written of them. */
export interface ReadPeerKeys {
  readonly keys: readonly PeerKey[];
  /** Each with its line, field and fix. */
  readonly problems: readonly string[];
}

const SECTION = 'peer_keys';

/** What the configuration says of keys of other hubs. The environment is the process's own outside tests. */
export function readPeerKeys(
  { peersFile }: Pick<Settings, 'peersFile'>,
  {
    cwd = process.cwd(),
    env = withEnvFile(process.env, cwd).env,
  }: Parameters<typeof import('../endpoints/read.ts').readEndpoints>[1] = {},
): ReadPeerKeys {
  const problems: string[] = [];
  const given = peersFile?.values[SECTION] ?? [];
  if (peersFile === undefined) return { keys: [], problems };
  const { at, folder } = peersFile;
  if (!Array.isArray(given)) return { keys: [], problems: [`${at([SECTION])}: ${SECTION}: must be a list`] };
  const ids = new Set<string>();
  const keys = given.flatMap((item: unknown, index): PeerKey[] => {
    const tell: Tell = (keys, message) => {
      const path = [SECTION, String(index), ...keys.map(String)];
      problems.push(`${at(path)}: ${pathText(path)}: ${message}`);
    };
    if (!isObject(item)) {
      tell([], 'must hold settings in the form "name: value"');
      return [];
    }
    const read = PEER_KEY.safeParse(item);
    if (!read.success) {
      for (const issue of read.error.issues) tellIssue(PEER_KEY, issue, [], tell);
      return [];
    }
    const { key: id, secret, name = id } = read.data;
    if (ids.has(id)) tell(['key'], 'stands there twice; remove one of them');
    ids.add(id);
    return [{ id, name, secret: tokenOf(secret, { env, folder }, (message) => tell(['secret'], message)) }];
  });
  return { keys, problems };
}
