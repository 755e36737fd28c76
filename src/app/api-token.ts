import { join } from 'node:path';
import type { Settings } from '../config/settings.ts';
import { randomSecret } from '../lib/crypto/ids.ts';
import { Secret } from '../lib/crypto/secret.ts';
import { makePrivateFolder } from '../lib/files/folder.ts';
import { createPrivate, readPrivate } from '../lib/files/private.ts';
import { isLoopback } from '../lib/http/loopback.ts';
import type { Logger } from '../lib/log/logger.ts';

type Place = Pick<Settings, 'stateDir'>;

/** Where a hub keeps the token that it has made for itself. */
export function tokenFile({ stateDir }: Place): string {
  return join(stateDir, 'api-token');
}

/**
 * The settings of a hub with a token for its API where it needs one: listening beyond loopback without MONITOR_API_TOKEN,
 * it makes one at its first start, and says where. Throws an Error when that cannot be kept.
 */
export async function withApiToken<T extends Place & Pick<Settings, 'host' | 'apiToken'>>(
  settings: T,
  logger: Pick<Logger, 'info'>,
): Promise<T> {
  if (settings.apiToken !== undefined || isLoopback(settings.host)) return settings;
  const file = tokenFile(settings);
  makePrivateFolder(settings.stateDir);
  if (readPrivate(file) === null) {
    await createPrivate(file, `${randomSecret()}\n`).catch((error: NodeJS.ErrnoException) => {
      // Another hub that starts at the same time has made it.
      if (error.code !== 'EEXIST') throw error;
    });
    logger.info(
      { file, host: settings.host },
      'made a token for the API, as this hub listens beyond loopback: commands on this machine find it; others need it as MONITOR_API_TOKEN',
    );
  }
  return { ...settings, apiToken: ownToken(settings) };
}

/**
 * The token that the hub of this machine has made for itself, as far as this user may read it; undefined where there is
 * none. Throws an Error when the file holds none.
 */
export function ownToken(place: Place): Secret | undefined {
  const file = tokenFile(place);
  const text = readPrivate(file)?.trim();
  if (text === undefined) return undefined;
  if (text.length < 16) throw new Error(`${file} holds no token: remove it, and the next start of the hub makes one`);
  return new Secret(text);
}
