import { unlink } from 'node:fs/promises';
import { openNew } from '../../lib/files/private.ts';
import type { InstanceKey } from '../../stores/contract/instance-keys.ts';
import { Exit, type Terminal } from '../contract.ts';

/** Where a new key goes to. */
export interface Where {
  readonly json?: boolean;
  readonly output?: string;
}

/**
 * Makes a new file (mode 0600) and writes into it what `make` gives. The file is made first, so that nothing is made for a
 * place that cannot have it; it goes again where nothing was made. Throws Exit.
 */
export async function writeKeyFile(path: string, make: () => Promise<string>): Promise<void> {
  const file = await openNew(path).catch((error: NodeJS.ErrnoException) => {
    const reason = error.code === 'EEXIST' ? 'it is there already; name a new file, or remove it' : error.message;
    throw new Exit(1, `cannot write ${path}: ${reason}`);
  });
  try {
    await file.writeFile(await make());
    await file.sync();
  } catch (error) {
    await unlink(path);
    throw error;
  } finally {
    await file.close();
  }
}

/** Makes a key and gives it away: on stdout, or in a file that nobody else can read, which is there before the key is. */
export async function deliver(make: () => Promise<InstanceKey>, flags: Where, terminal: Terminal): Promise<void> {
  const { output } = flags;
  if (output === undefined) return showNew(await make(), flags, terminal);
  await writeKeyFile(output, async () => {
    const key = await make();
    const { id, instanceId, secret } = key;
    if (flags.json) terminal.out(JSON.stringify({ id, instance_id: instanceId, file: output }));
    else
      terminal.out(`${output} holds the key for ${instanceId}: give it to the instance as MONITOR_CLUSTER_KEY_FILE.`);
    return `${id}.${secret}\n`;
  });
}

function showNew({ id, instanceId, secret }: InstanceKey, { json }: Where, terminal: Terminal): void {
  const key = `${id}.${secret}`;
  if (json) terminal.out(JSON.stringify({ id, instance_id: instanceId, key }));
  else {
    terminal.err(`A key for ${instanceId}. It is shown this once: give it to the instance as MONITOR_CLUSTER_KEY.`);
    terminal.out(key);
  }
}
