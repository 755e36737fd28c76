import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { copySources, type SourceCopy } from '../support/followed-page.ts';
import { eventually } from '../support/hub.ts';
import { blocks, section } from '../support/pages.ts';

// The README, followed to the letter in a copy of the sources: what stands in its blocks, in three shells, and nothing
// else. Only the two ports are other ones, for here 8080 and 8090 may be taken.
let copy: SourceCopy;
let ports: readonly [string, string];
const shells: Shell[] = [];

interface Shell {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  said(): string;
}

/** A shell that runs a block of the page in the copy. */
function shell(block: string): Shell {
  const text = block.replaceAll('8080', ports[0]).replaceAll('8090', ports[1]);
  const child = spawn('bash', ['-ec', text], {
    cwd: copy.root,
    // A group of its own: npm and what it starts end together, as with Ctrl-C.
    detached: true,
    env: { PATH: process.env.PATH, HOME: copy.root, MONITOR_PORT: ports[0] },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let all = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (part: string) => {
      all += part;
    });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const one = { child, ended, said: () => all };
  shells.push(one);
  return one;
}

async function run(block: string): Promise<string> {
  const one = shell(block);
  const code = await one.ended;
  if (code !== 0) throw new Error(`${block} ended with ${code}:\n${one.said()}`);
  return one.said();
}

function stop({ child, ended }: Shell, signal: NodeJS.Signals): Promise<unknown> {
  if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) process.kill(-child.pid, signal);
  return ended;
}

const freePort = () =>
  new Promise<string>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(String(typeof address === 'object' ? address?.port : '')));
    });
  });

beforeAll(async () => {
  copy = copySources();
  ports = [await freePort(), await freePort()];
});
afterAll(async () => {
  for (const one of shells) await stop(one, 'SIGKILL');
  copy.remove();
});

test('five minutes to a first notice', async () => {
  const page = section(copy.read('README.md'), 'Five minutes to a first notice');
  const [receive = '', start = '', push = '', silence = '', mend = '', ...rest] = blocks(page, 'sh');
  expect([receive, start, rest]).toEqual([
    expect.stringContaining('notify receive'),
    expect.stringContaining('npm start'),
    [],
  ]);
  // `npm ci && npm start` came before: the program is built.
  await copy.run('node scripts/build.js');
  const receiver = shell(receive.replace(/$/m, ` --port ${ports[1]}`));
  await eventually(() => expect(receiver.said()).toContain('Receiving on'));
  const hub = shell(start);
  await eventually(() => expect(hub.said()).toContain('Ctrl-C stops it.'));

  expect(await run(push)).toMatch(/^Pushed 1 result \(1 firing\) to \S+; hub: 1 created, 1 incident opened$/m);
  await eventually(() => expect(receiver.said()).toContain('  [FIRING] Memory usage\n'));
  expect(receiver.said()).toMatch(/^\S+ \S+ UTC {2}POST \/ {2}alertmanager, answered 200$/m);
  expect(receiver.said()).toMatch(/^ {2}firing Memory usage: Memory at .* \(critical at 1%\)/m);
  await eventually(() =>
    expect(hub.said()).toMatch(/Notice, as a channel would tell it:\n\n {2}CRITICAL: Memory usage on web-server-03\n/),
  );

  // The link of the notice does nothing to who looks, and acknowledges for who posts its form.
  const [, link = ''] = /Acknowledge: (http:\/\/127\.0\.0\.1:\d+\/a\/\S+)/.exec(hub.said()) ?? [];
  expect(await (await fetch(link)).text()).toContain('Memory usage on web-server-03');
  expect((await fetch(link, { method: 'POST' })).status).toBe(200);
  expect(await run('./bin/monitor incidents')).toMatch(/ ack +[0-9a-f-]{36}$/m);
  expect(await run(silence)).toMatch(/^Matches 1 of 1 firing alert \(1 incident\):$/m);

  const after = await run(mend);
  expect(after).toMatch(/^CRIT +\S+ +Memory usage +web-server-03 +firing, muted /m);
  expect(after).toMatch(/^Pushed 1 result \(1 ok\) to \S+; hub: 1 resolved, 1 incident changed$/m);
  expect(after).toMatch(/^CRIT +\S+ +Memory usage on web-server-03 +0 of 1 +resolved /m);
  await eventually(() => expect(receiver.said()).toContain('  [RESOLVED] Memory usage\n'));
  await eventually(() => expect(hub.said()).toContain('RESOLVED: Memory usage on web-server-03'));
  // As the page says: with the id that the list shows.
  const id = /resolved +([0-9a-f-]{36})$/m.exec(after)?.[1] ?? '';
  const explained = await run(`./bin/monitor explain ${id.slice(-8)}`);
  expect(explained).toMatch(/^People were told by terminal, webhook\.$/m);
  expect(explained).toContain('chosen by --notify');
  expect(explained).not.toContain('MONITOR_NOTIFY_URL');
  expect(explained).toMatch(/ acknowledged .*link:terminal/);
  await stop(hub, 'SIGINT');
  expect(hub.said()).toContain('Stopping …');
  await stop(receiver, 'SIGINT');
  expect(receiver.child.exitCode).toBe(0);
});
