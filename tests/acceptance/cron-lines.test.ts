import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SECRET } from '../support/agent-home.ts';
import { readPages } from '../support/pages.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { ROOT } from '../support/sources.ts';

// What cron mails is what a line prints, on either stream. Here each line of the pages runs as cron runs it.

let hub: Receiver;
let folder: string;
beforeAll(async () => {
  hub = await startReceiver({ secret: SECRET });
  folder = mkdtempSync(join(tmpdir(), 'monitor-cron-'));
  mkdirSync(join(folder, 'bin'));
  mkdirSync(join(folder, 'log'));
  const program = (name: string, text: string) => {
    writeFileSync(join(folder, 'bin', name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(folder, 'bin', name), 0o755);
  };
  program('monitor', `exec '${process.execPath}' '${join(ROOT, 'bin/monitor')}' "$@"`);
  program('logger', `cat >>'${folder}/log/syslog'`);
});
afterAll(async () => {
  await hub.close();
  rmSync(folder, { recursive: true });
});

/** The lines of crontabs in the pages and files, as commands: without the times, and the user where there is one. */
function cronLines(): [string, string][] {
  const file = readFileSync(join(ROOT, 'docs/deployment/monitor-agent.cron'), 'utf8');
  const texts = [...readPages(), { path: 'docs/deployment/monitor-agent.cron', text: file }];
  return texts.flatMap(({ path, text }) =>
    [...text.matchAll(/^(?:# )?(?:\*\/\d+|\*)(?: \*){4} +(?:monitor {2,})?(.*monitor .*)$/gm)].map(
      ([, command = '']): [string, string] => [path.replace(`${ROOT}/`, ''), command],
    ),
  );
}

/** What a line prints, and so what cron mails. */
function mailOf(command: string, hubUrl: string): Promise<string> {
  const here = command.replace('/home/you/monitor', ROOT).replace('/var/log/monitor', join(folder, 'log'));
  const env = {
    ...{ HOME: folder, LOGNAME: 'monitor', SHELL: '/bin/sh', PATH: `${join(folder, 'bin')}:/usr/bin:/bin` },
    ...{ MONITOR_STATE_DIR: join(folder, 'state'), HUB_URL: hubUrl, WEBHOOK_SECRET_CLUSTER: SECRET },
    ...{ MONITOR_CHECKERS: 'memory', INSTANCE_ID: 'web-1' },
  };
  // As the pages have it above that line; there is nothing to tell.
  const own = {
    HUB_URL: '',
    MONITOR_STATE_DIR: join(folder, 'alone'),
    MONITOR_NOTIFY_URL: 'https://hooks.example.com/monitor',
  };
  const alone = here.includes('monitor run') ? { ...env, ...own } : env;
  return new Promise((resolve) => {
    const child = spawn('/bin/sh', ['-c', here], { cwd: folder, env: alone, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        said += chunk;
      });
    child.once('close', () => resolve(said));
  });
}

test('there are lines of every kind', () => {
  const commands = cronLines().map(([, command]) => command);
  for (const words of [
    'push-to-hub >/dev/null',
    'monitor run >/dev/null',
    'push-to-hub --json >>',
    'logger -t monitor',
  ])
    expect(commands.filter((command) => command.includes(words))).not.toEqual([]);
});

describe.each(cronLines())('%s: %s', (_, command) => {
  test('mails nothing when all went well, run after run', async () => {
    for (const run of [1, 2]) expect([run, await mailOf(command, hub.url)]).toEqual([run, '']);
  });

  const isMailed = command.includes('push-to-hub') && !command.includes('logger');
  (isMailed ? test : test.skip)('mails one line with the reason when the hub cannot be reached', async () => {
    const mail = await mailOf(command, 'http://127.0.0.1:1');
    expect(mail.trimEnd().split('\n')).toHaveLength(1);
    expect(JSON.parse(mail)).toMatchObject({
      level: 'error',
      reason: expect.stringContaining('refused the connection'),
    });
  });
});

test('plain http is told once a day, and not at all where that is accepted', async () => {
  // A name that is not this machine's own; nothing answers there, which is told, too.
  const far = async (more: string) => {
    const mail = await mailOf(`${more} monitor push-to-hub >/dev/null`, 'http://hub.invalid:8080');
    return mail.split('\n').filter((line) => line.includes('not secure')).length;
  };
  expect([await far(''), await far(''), await far('MONITOR_STATE_DIR=$HOME/other MONITOR_ALLOW_PLAIN_HTTP=1')]).toEqual(
    [1, 0, 0],
  );
});
