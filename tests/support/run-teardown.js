// Jest calls this once after the last test file: what the run shared is stopped and removed before Jest ends.
import { once } from 'node:events';

export default async function tearDown() {
  const { remover } = globalThis.monitorTestRun;
  remover.ref();
  const removed = once(remover, 'exit');
  remover.stdin.end();
  await removed;
}
