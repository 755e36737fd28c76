import { randomInt } from 'node:crypto';
import { isIP } from 'node:net';
import * as z from 'zod';
import type { Place } from '../lib/net/connector.ts';
import { receive } from '../lib/net/receive.ts';
import { client, familyOf, type LookDeps, LookFailure, type Protocol, TargetError } from './contract.ts';
import { type Answer, answerIn, question, reverseName, TYPES } from './dns/message.ts';

const NAMES = Object.keys(TYPES);
const TYPE = `must be one of ${NAMES.join(', ')}`;
const options = z.strictObject({
  dns: z
    .strictObject({
      query_name: z.string({ error: 'must be a name' }).min(1, { error: 'must be a name' }).max(255),
      query_type: z
        .string({ error: TYPE })
        .transform((type) => type.toUpperCase())
        .refine((type) => NAMES.includes(type), { error: TYPE })
        .prefault('A'),
    })
    .optional()
    .describe('What is asked: query_name and query_type'),
  client: client(),
});

/** Name servers, each asked by itself: not the system's resolver, and without search domains. */
export const dns: Protocol = {
  name: 'dns',
  schemes: ['dns'],
  summary: 'Asks a name server over UDP, and over TCP where the answer is cut; its body is the records, one a line',
  example: 'dns://192.0.2.53/example.com?type=MX',
  options,
  conditions: ['[DNS_RCODE] == NOERROR'],
  bind(url, given) {
    const bound = options.parse(given);
    const { place, name, type } = asked(url, bound.dns);
    return async (_, deps) => {
      const { clock, connector, signal, saw } = deps;
      const target = { ...place, family: familyOf(bound.client) };
      const id = randomInt(65_536);
      const bytes = question(id, name, TYPES[type] ?? 1);
      const began = clock.monotonic();
      const { ip, dnsMs, bytes: datagram } = await connector.ask(target, bytes, signal);
      saw({ ip, timings: { dnsMs, firstByteMs: clock.monotonic() - began - dnsMs } });
      let answer = checked(answerIn(datagram, id));
      if (answer.isCut) answer = checked(answerIn(await overTcp(target, bytes, deps), id));
      const records = answer.records.filter((record) => record.type === type || type === 'ANY');
      // A name that is another's: the chain that leads there is what there is to say.
      const shown = records.length > 0 ? records : answer.records;
      saw({ connected: true, dnsRcode: answer.rcode, body: shown.map(({ text }) => text).join('\n') });
    };
  },
};

function asked(url: string, given: z.output<typeof options>['dns']) {
  const form = 'must be dns://SERVER/NAME?type=A, or a server beside the option dns';
  // Gatus writes the server alone, an address of IPv6 with or without its brackets.
  const bare = url.replace(/^dns:\/\//i, '');
  const written = isIP(bare) === 6 ? `[${bare}]` : bare;
  const parsed = URL.canParse(`dns://${written}`) ? new URL(`dns://${written}`) : null;
  if (parsed === null || parsed.hostname === '' || parsed.username !== '') throw new TargetError(form);
  const inUrl = decodeURIComponent(parsed.pathname.replace(/^\//, ''));
  const type = given?.query_type ?? (parsed.searchParams.get('type') ?? 'A').toUpperCase();
  if (!NAMES.includes(type)) throw new TargetError(`has a type that is not known; there are ${NAMES.join(', ')}`);
  const wanted = given?.query_name ?? inUrl;
  if (wanted === '') throw new TargetError(`${form}: the name that is asked for is missing`);
  const name = type === 'PTR' && isIP(wanted) !== 0 ? reverseName(wanted) : wanted;
  if (
    name !== '.' &&
    name
      .replace(/\.$/, '')
      .split('.')
      .some((label) => label === '' || Buffer.byteLength(label) > 63)
  ) {
    throw new TargetError('asks for a name with an empty label, or one of more than 63 bytes');
  }
  const place: Place = {
    host: parsed.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: parsed.port === '' ? 53 : Number(parsed.port),
  };
  return { place, name, type };
}

function checked(answer: Answer | null): Answer {
  if (answer === null) throw new LookFailure('protocol', 'does not answer as a name server does');
  return answer;
}

async function overTcp(place: Place, bytes: Buffer, { connector, signal }: LookDeps): Promise<Buffer> {
  const { socket } = await connector.open(place, signal);
  try {
    const head = Buffer.alloc(2);
    head.writeUInt16BE(bytes.length);
    socket.write(Buffer.concat([head, bytes]));
    const isWhole = (some: Buffer) => some.length >= 2 && some.length >= 2 + some.readUInt16BE(0);
    const { bytes: answer } = await receive(socket, { limit: 65_538, signal, isWhole });
    return answer.subarray(2);
  } finally {
    socket.destroy();
  }
}
