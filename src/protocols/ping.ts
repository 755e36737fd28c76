import * as z from 'zod';
import type { ExecResult } from '../lib/exec.ts';
import { client, familyOf, LookFailure, type Protocol, TargetError } from './contract.ts';

const MOST = 'must be a whole number from 1 to 20';
const options = z.strictObject({
  count: z
    .int({ error: MOST })
    .min(1, { error: MOST })
    .max(20, { error: MOST })
    .default(3)
    .describe('Packets of a look'),
  client: client(),
});

/** Longest time that a program may take whose look has no end of its own; the look's signal ends it before. */
const LONGEST_MS = 600_000;

/** Hosts that answer ICMP echo requests. */
export const ping: Protocol = {
  name: 'ping',
  schemes: ['ping', 'icmp'],
  summary:
    "Sends echo requests by the system's `ping`, which may do so without root; its body is the loss in per cent and the times, as JSON",
  example: 'ping://gateway.example.com',
  options,
  conditions: ['[CONNECTED] == true'],
  bind(url, given) {
    const host = /^[a-z]+:\/\/\[?([^/?#[\]]+)\]?\/?$/i.exec(url)?.[1] ?? '';
    if (host === '' || /^-|\s/.test(host)) throw new TargetError('must be ping://HOST');
    if (/^[^:]+:\d+$/.test(host)) throw new TargetError('must be ping://HOST: there are no ports, remove it');
    const { count, client: how } = options.parse(given);
    return async (_, { clock, connector, exec, signal, saw }) => {
      const began = clock.monotonic();
      const [first] = await connector.addresses({ host, family: familyOf(how) }, signal);
      const ip = first?.address ?? '';
      saw({ ip, timings: { dnsMs: clock.monotonic() - began } });
      const argv = ['ping', '-q', '-n', '-c', String(count), '-i', '0.2', ip] as const;
      const result = await exec(argv, { timeoutMs: LONGEST_MS, signal }).catch(() => {
        throw new LookFailure(
          'unavailable',
          'cannot be pinged: there is no program ping on this machine; install iputils-ping',
        );
      });
      if (signal.aborted) throw signal.reason;
      const { sent, received, times } = counted(result);
      const loss = Math.round(((sent - received) / sent) * 1000) / 10;
      const body = JSON.stringify({ sent, received, loss, ...times });
      saw({ connected: received > 0, body, ...(times === null ? {} : { timings: { totalMs: times.avg } }) });
      if (received === 0) throw new LookFailure('unreachable', `did not answer any of ${sent} packets`);
    };
  },
};

/** What the summary of iputils, BusyBox and BSD says alike. */
function counted({ stdout, stderr }: ExecResult) {
  const packets = /(\d+) packets transmitted, (\d+)(?: packets)? received/.exec(stdout);
  if (packets === null) {
    const said = stderr.trim().split('\n')[0]?.slice(0, 200) ?? '';
    const fix = /permitted|permission|socket/i.test(said)
      ? '; allow it by the setting net.ipv4.ping_group_range of this machine, or by CAP_NET_RAW for ping'
      : '';
    throw new LookFailure('unavailable', `cannot be pinged: ${said === '' ? 'ping said nothing' : said}${fix}`);
  }
  const [sent, received] = [Number(packets[1]), Number(packets[2])];
  const found = /= ([\d.]+)\/([\d.]+)\/([\d.]+)/.exec(stdout);
  const times = found === null ? null : { min: Number(found[1]), avg: Number(found[2]), max: Number(found[3]) };
  return { sent: Math.max(1, sent), received, times };
}
