import { isIPv6, type Socket } from 'node:net';

/** How many connections may be open at once. */
export interface ConnectionBounds {
  /** Of one address, or one /64 network of IPv6. */
  readonly perAddress: number;
  /** Whether many share an address, such as that of a proxy: those are bounded by `all` alone. */
  readonly isShared: (address: string) => boolean;
  readonly all: number;
}

/** What becomes of a new connection: it is accepted, at the cost of an idle one, or refused for want of one. */
export type Admission = 'accept' | 'replace_idle' | 'refuse';

/** An answer that is under way, or was. */
export interface Answering {
  readonly writableFinished: boolean;
  readonly destroyed: boolean;
  /** Only where it is known that of a next request nothing has come yet. */
  readonly isQuiet?: true;
}

/** The connections of a server. */
export interface Connections {
  /** Takes a new connection in, or closes it. */
  add(socket: Socket): void;
  /** The connection of `socket` has a request, which `response` will answer. */
  begin(socket: Socket, response: Answering): void;
  /** Closes those that have not sent a byte since the last answer, as far as that is known. */
  closeSilent(): void;
  /** Closes those without a request under way: no head of a request has arrived whole since the last answer. */
  closeIdle(): void;
  closeAll(): void;
}

interface Connection {
  readonly socket: Socket;
  /** Of all that share a bound. */
  readonly group: Set<Connection>;
  /** The answer to its last request. */
  response: Answering | null;
}

/**
 * Tracks the connections of a server and bounds them. At a bound an idle connection makes room: the oldest by which nobody
 * has asked anything yet, else the oldest of the address that has most of them. So somebody who opens many of them only
 * closes their own, and neither keeps out who has something to send nor closes what others keep open for their next push.
 * `onRefusal` is called with the address of a connection that is closed at once, for none was idle.
 */
export function createConnections(bounds: ConnectionBounds, onRefusal: (address: string) => void): Connections {
  const all = new Map<Socket, Connection>();
  const groups = new Map<string, Set<Connection>>();
  // Those without a request so far, the oldest first.
  const unused = new Set<Connection>();
  const closeWhere = (wanted: (connection: Connection) => boolean) => {
    for (const connection of all.values()) if (wanted(connection)) connection.socket.destroy();
  };
  const admit = (group: Set<Connection>, isShared: boolean): Admission => {
    const isGroupFull = !isShared && group.size >= bounds.perAddress;
    if (!isGroupFull && all.size < bounds.all) return 'accept';
    const idle = isGroupFull
      ? (firstOf(group, isUnused) ?? firstOf(group, isIdle))
      : (firstOf(unused, isUnused) ?? firstOf(largest(groups.values()), isIdle) ?? firstOf(all.values(), isIdle));
    if (idle === undefined) return 'refuse';
    forget(idle);
    idle.socket.destroy();
    return 'replace_idle';
  };
  const forget = (connection: Connection) => {
    all.delete(connection.socket);
    unused.delete(connection);
    connection.group.delete(connection);
  };
  return {
    add(socket) {
      const address = socket.remoteAddress ?? '';
      const key = groupOf(address);
      const group = groups.get(key) ?? new Set();
      if (admit(group, bounds.isShared(address)) === 'refuse') {
        socket.destroy();
        onRefusal(address);
        return;
      }
      const connection: Connection = { socket, group, response: null };
      group.add(connection);
      groups.set(key, group);
      all.set(socket, connection);
      unused.add(connection);
      socket.on('close', () => {
        forget(connection);
        if (group.size === 0 && groups.get(key) === group) groups.delete(key);
      });
    },
    begin(socket, response) {
      const connection = all.get(socket);
      if (connection === undefined) return;
      if (connection.response === null) unused.delete(connection);
      connection.response = response;
    },
    closeSilent: () =>
      closeWhere((one) => one.socket.bytesRead === 0 || (one.response?.isQuiet === true && isIdle(one))),
    closeIdle: () => closeWhere(isIdle),
    closeAll: () => closeWhere(() => true),
  };
}

function firstOf(
  connections: Iterable<Connection>,
  isWanted: (connection: Connection) => boolean,
): Connection | undefined {
  for (const connection of connections) if (isWanted(connection)) return connection;
  return undefined;
}

function largest(groups: Iterable<ReadonlySet<Connection>>): ReadonlySet<Connection> {
  let most: ReadonlySet<Connection> = new Set();
  for (const group of groups) if (group.size > most.size) most = group;
  return most;
}

function isUnused({ response }: Connection): boolean {
  return response === null;
}

/** Asked only at a bound and at the stop, so that no request pays for a listener. */
function isIdle({ response }: Connection): boolean {
  return response === null || response.writableFinished || response.destroyed;
}

/** Who holds an IPv6 address has a whole /64 of them. */
function groupOf(address: string): string {
  if (!isIPv6(address) || address.includes('.')) return address;
  const [before = '', after] = address.split('::');
  const head = before === '' ? [] : before.split(':');
  const tail = after === undefined || after === '' ? [] : after.split(':');
  const zeros = after === undefined ? [] : Array.from({ length: 8 - head.length - tail.length }, () => '0');
  return [...head, ...zeros, ...tail].slice(0, 4).join(':');
}

// An idle one takes some 10 KB.
const MOST_CONNECTIONS = 4096;
const LEAST_CONNECTIONS = 16;
// What the store, the log, and connections to elsewhere need.
const OTHER_FILES = 64;

/** Connections that a process may hold which may have so many files open; null for no bound. */
export function mostConnections(openFiles: number | null): number {
  const left = (openFiles ?? Number.POSITIVE_INFINITY) - OTHER_FILES;
  return Math.max(LEAST_CONNECTIONS, Math.min(MOST_CONNECTIONS, left));
}
