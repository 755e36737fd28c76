// Loaded before the product (node --import) in a process that is to end itself with SIGKILL right before or right after
// its n-th write of one kind; or, with `when` "fails", that write is refused as by a full disk and the process lives on.
// The product knows nothing of it. TORTURE_KILL_AT is {"point","when","nth","sqlite"}, the last the package by which the
// product writes; the points:
// `sql` a statement that is run (BEGIN, INSERT, COMMIT, a schema) · `sync` fdatasync or fsync · `send` a write to a
// network socket · `receive` bytes that came from one · `file` a file's content · `rename` · `unlink`.
import fs from 'node:fs';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import { Readable } from 'node:stream';

const { point, when, nth, sqlite } = JSON.parse(process.env.TORTURE_KILL_AT ?? '{}');
let count = 0;

/** Wraps a method so that its n-th call is the last thing that this process does. Promises are waited for. */
function hook(name, object, method, counts = () => true) {
  if (name !== point) return;
  const original = object[method];
  const die = () => process.kill(process.pid, 'SIGKILL');
  function hooked(...args) {
    if (!counts(this, args)) return original.apply(this, args);
    count += 1;
    if (count !== nth) return original.apply(this, args);
    if (when === 'fails') {
      process.stderr.write('torture: the write has failed\n');
      throw Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' });
    }
    if (when === 'before') die();
    const callback = args.at(-1);
    if (typeof callback === 'function' && name === 'sync') return original.apply(this, [...args.slice(0, -1), die]);
    const result = original.apply(this, args);
    if (typeof result?.then === 'function') return result.then(die);
    die();
    return result;
  }
  Object.defineProperty(object, method, { value: hooked, writable: true, configurable: true });
}

const isNetwork = (socket) => socket.remotePort !== undefined;

hook('sync', fs, 'fdatasync');
hook('sync', fs, 'fdatasyncSync');
hook('sync', fs, 'fsync');
hook('sync', fs, 'fsyncSync');
hook('send', net.Socket.prototype, 'write', isNetwork);
net.Socket.prototype.push = function push(...args) {
  return Readable.prototype.push.apply(this, args);
};
hook('receive', net.Socket.prototype, 'push', (socket, [chunk]) => isNetwork(socket) && chunk !== null);
hook('rename', fs.promises, 'rename');
hook('unlink', fs.promises, 'unlink');
if (point === 'file' || point === 'sync') {
  const handle = await fs.promises.open(new URL(import.meta.url));
  const prototype = Object.getPrototypeOf(handle);
  await handle.close();
  hook('file', prototype, 'writeFile');
  hook('file', prototype, 'write');
  hook('sync', prototype, 'sync');
  hook('sync', prototype, 'datasync');
}
if (point === 'sql') {
  const Database = createRequire(import.meta.url)(sqlite);
  const database = new Database(':memory:');
  const statement = Object.getPrototypeOf(database.prepare('SELECT 1'));
  hook('sql', statement, 'run');
  for (const method of ['get', 'all']) hook('sql', statement, method, (one) => !one.readonly);
  hook('sql', Database.prototype, 'exec');
  database.close();
}
syncBuiltinESMExports();
