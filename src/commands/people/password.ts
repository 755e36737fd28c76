import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { passwordFault } from '../../core/access/password.ts';
import { createPasswords } from '../../lib/crypto/password.ts';
import { Exit, type Terminal, UsageError } from '../contract.ts';

/**
 * The hash of a new password: asked for twice at a terminal, without showing it, else the first line of stdin. Never an
 * argument, which every user of the machine could read. Throws UsageError for one that is too weak.
 */
export async function newPasswordHash(name: string, terminal: Terminal): Promise<string> {
  const password = process.stdin.isTTY ? await askTwice(name, terminal) : await firstLine();
  const fault = passwordFault(password, name);
  if (fault !== null) throw new UsageError(fault);
  return createPasswords().hash(password);
}

async function askTwice(name: string, terminal: Terminal): Promise<string> {
  const password = await ask(`Password for ${name}: `, terminal);
  if ((await ask('The same again: ', terminal)) !== password)
    throw new Exit(1, 'the two passwords differ: nothing was changed');
  return password;
}

function ask(question: string, terminal: Terminal): Promise<string> {
  // What is typed is echoed into nothing.
  const nothing = new Writable({ write: (_, __, done) => done() });
  const lines = createInterface({ input: process.stdin, output: nothing, terminal: true });
  return new Promise((resolve, reject) => {
    process.stderr.write(question);
    lines.once('SIGINT', () => reject(new Exit(1, 'nothing was changed')));
    lines.once('line', resolve);
    lines.once('close', () => reject(new Exit(1, 'nothing was changed')));
  }).finally(() => {
    terminal.err('');
    lines.removeAllListeners('close').close();
  }) as Promise<string>;
}

async function firstLine(): Promise<string> {
  const lines = createInterface({ input: process.stdin });
  for await (const line of lines) {
    lines.close();
    return line;
  }
  throw new UsageError('the password is read from stdin, which is empty: monitor people add NAME < file');
}
