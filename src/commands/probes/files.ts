import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { ProbeEntry } from '../../config/endpoints/document.ts';
import { readEndpoints } from '../../config/endpoints/read.ts';
import { loadSettings } from '../../config/load.ts';
import { randomSecret } from '../../lib/crypto/ids.ts';
import { createPrivate } from '../../lib/files/private.ts';
import { Exit, UsageError } from '../contract.ts';

/** What is said of a new probe. */
export interface NewProbe {
  readonly name?: string | undefined;
  readonly region?: string | undefined;
}

/**
 * The files of probes that these commands have written: for each a piece of the configuration in `conf.d`, and its token
 * beside it. What stands elsewhere is for whoever has written it.
 */
export interface ProbeFiles {
  /** Writes a new probe; gives its token. Throws Exit where there is one of this id. */
  add(id: string, about: NewProbe): Promise<string>;
  /** Gives it a new token, beside which the one before is accepted. */
  rotate(id: string): Promise<string>;
  /** The token before is accepted no more. */
  endRotation(id: string): Promise<null>;
  remove(id: string): Promise<null>;
}

const ID = /^[A-Za-z0-9][\w.-]{0,63}$/;

/** Of the configuration file that counts here; throws UsageError where there is none. */
export function probeFiles(configFile: string | undefined): ProbeFiles {
  const settings = loadSettings({ configFile });
  const { configFile: file } = settings;
  if (file === undefined)
    throw new UsageError(
      'there is no configuration file here: run this where the hub has its own, or name it with --config',
    );
  const folder = join(dirname(file), 'conf.d');
  const pathOf = (id: string, ending: string) => join(folder, `probe-${id}.${ending}`);
  const known = (id: string): ProbeEntry | undefined =>
    readEndpoints(settings)?.document.probes.find((probe) => probe.id === id);
  const owned = (id: string) => {
    if (known(id) === undefined) throw new Exit(1, `there is no probe ${id} in ${file}: list them with monitor probes`);
    if (existsSync(pathOf(id, 'yaml'))) return;
    throw new Exit(1, `probe ${id} was written by hand: change it under probes in ${file} or its conf.d`);
  };
  const refer = (id: string, ending: string) => `file:${relative(dirname(file), pathOf(id, ending))}`;
  const write = async (id: string, about: NewProbe, isRotating: boolean) => {
    const entry = {
      ...{ id, ...about, token: refer(id, 'token') },
      ...(isRotating && { previous_token: refer(id, 'previous-token') }),
    };
    const text = `# Written by monitor probes; what is added here stays until the probe is removed.\nprobes:\n  - ${JSON.stringify(entry)}\n`;
    await writeFile(pathOf(id, 'yaml'), text, { mode: 0o640 });
  };
  const aboutOf = (id: string): NewProbe => {
    const { name = id, region = '' } = known(id) ?? {};
    return { ...(name !== id && { name }), ...(region !== '' && { region }) };
  };
  return {
    add: async (id, about) => {
      if (!ID.test(id)) throw new UsageError('the id of a probe has 1 to 64 letters, digits, "-", "_" and "."');
      if (id === 'local') throw new UsageError('local is the hub itself: choose another id');
      if (known(id) !== undefined) throw new Exit(1, `there is a probe ${id} already`);
      const token = randomSecret();
      await mkdir(folder, { recursive: true, mode: 0o755 });
      await createPrivate(pathOf(id, 'token'), `${token}\n`);
      await write(id, about, false);
      return token;
    },
    rotate: async (id) => {
      owned(id);
      const token = randomSecret();
      const before = await readFile(pathOf(id, 'token'), 'utf8');
      await rm(pathOf(id, 'previous-token'), { force: true });
      await createPrivate(pathOf(id, 'previous-token'), before);
      await write(id, aboutOf(id), true);
      await rm(pathOf(id, 'token'));
      await createPrivate(pathOf(id, 'token'), `${token}\n`);
      return token;
    },
    endRotation: async (id) => {
      owned(id);
      await write(id, aboutOf(id), false);
      await rm(pathOf(id, 'previous-token'), { force: true });
      return null;
    },
    remove: async (id) => {
      owned(id);
      for (const ending of ['yaml', 'token', 'previous-token']) await rm(pathOf(id, ending), { force: true });
      return null;
    },
  };
}
