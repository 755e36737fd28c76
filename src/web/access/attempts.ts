import { isIPv6 } from 'node:net';
import { createLimiter } from '../limits.ts';

// Guesses that a list of common passwords would need take years; a person who has mistyped waits for half a minute.
const OF_BOTH = { perSecond: 1 / 30, burst: 5 };
// Many people may come through one address.
const OF_ADDRESS = { perSecond: 1 / 5, burst: 30 };
// From everywhere; so much that strangers cannot keep somebody out by trying their name.
const OF_NAME = { perSecond: 1 / 5, burst: 60 };

/** Limits tries of passwords by person, by address, and by both together, whether there is such a person or not. */
export interface Attempts {
  /** Whether a name may be tried from an address now, which counts as a try before its outcome is known. */
  begin(name: string, address: string, now: number): boolean;
  /** The password was right: that try does not count. */
  succeeded(name: string, address: string, now: number): void;
}

/** Makes one, with its own counts. */
export function createAttempts(): Attempts {
  const both = createLimiter(OF_BOTH);
  const ofAddress = createLimiter(OF_ADDRESS);
  const ofName = createLimiter(OF_NAME);
  return {
    begin: (name, address, now) => {
      const network = networkOf(address);
      // Whoever is refused for one reason is not counted for the next.
      return !(both(`${name} ${network}`, now) || ofAddress(network, now) || ofName(name, now));
    },
    succeeded: (name, address, now) => {
      const network = networkOf(address);
      both(`${name} ${network}`, now, -1);
      ofAddress(network, now, -1);
      ofName(name, now, -1);
    },
  };
}

/** Who holds an IPv6 address has a whole /64 of them. */
function networkOf(address: string): string {
  if (!isIPv6(address) || address.toLowerCase().startsWith('::ffff:')) return address;
  const [head = '', tail = ''] = address.toLowerCase().split('::');
  const [front, back] = [head, tail].map((half) => half.split(':').filter((group) => group !== '')) as [
    string[],
    string[],
  ];
  const whole = [...front, ...Array.from({ length: Math.max(0, 8 - front.length - back.length) }, () => '0'), ...back];
  return whole.slice(0, 4).join(':');
}
