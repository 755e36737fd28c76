import { isAbsolute, normalize } from 'node:path';
import * as z from 'zod';
import { clipLine } from '../core/notice/clip.ts';
import { notDelivered } from '../core/notice/delivery.ts';
import { genericBody } from '../core/notice/generic.ts';
import { defineChannel, line, OptionError } from './contract.ts';

const options = z.strictObject({
  command: z
    .array(line(4096))
    .min(1)
    .max(64)
    .describe('Program by its absolute path, and its arguments; nothing is replaced in them'),
  timeout_s: z.int().min(1).max(300).default(30).describe('How long it may take'),
});

// Exit statuses of sysexits.h that a repeat does not change: usage, data, no such user, no permission, configuration.
const PERMANENT: readonly number[] = [64, 65, 67, 77, 78];
const VALUE = 1000;

/** A program of this machine: the message as JSON on its input, the essentials in its environment. No shell. */
export const command = defineChannel({
  name: 'command',
  summary: 'A program on the hub, given the message as JSON on its standard input',
  traits: {
    ...{ edits: false, threads: false, keepsIncidents: false, idempotent: false, onResolved: 'tell' },
    ...{ markup: 'plain', rate: { perSecond: 1, burst: 10 } },
  },
  options,
  bind({ command: [program = '', ...args], timeout_s: seconds }, { exec, programs }) {
    if (!isAbsolute(program) || normalize(program) !== program)
      throw new OptionError('command: name the program by its absolute path');
    if (!programs.includes(program)) {
      throw new OptionError(`command: ${program} may not be started; add it to MONITOR_ALLOW_PROGRAMS if it is meant`);
    }
    return {
      place: program,
      async deliver(message, { wording, rendered, signal }) {
        const { incident } = message;
        const value = (text: string) => clipLine(text, VALUE);
        const env = {
          NOTICE_PHASE: message.phase,
          NOTICE_SEVERITY: incident.severity,
          NOTICE_STATUS: incident.status,
          NOTICE_TITLE: value(wording.title),
          NOTICE_INCIDENT: value(incident.id),
          NOTICE_KEY: message.key,
        };
        const body = { ...genericBody(message, wording), ...(rendered.text !== undefined && { text: rendered.text }) };
        const input = `${JSON.stringify(body)}\n`;
        try {
          const result = await exec([program, ...args], { timeoutMs: seconds * 1000, signal, env, input });
          if (result.timedOut) return notDelivered('timeout', false, `${program} did not end within ${seconds} s`);
          if (result.code === 0) return { ok: true, answer: clipLine(result.stdout, 200) };
          const ended = result.code === null ? `was ended by ${result.signal}` : `ended with ${result.code}`;
          const said = clipLine(result.stderr || result.stdout, 200);
          const reason = `${program} ${ended}${said === '' ? '' : `: ${said}`}`;
          const isPermanent = PERMANENT.includes(result.code ?? -1);
          return notDelivered(isPermanent ? 'invalid' : 'unavailable', isPermanent, reason);
        } catch (error) {
          return notDelivered('blocked', false, (error as Error).message);
        }
      },
    };
  },
});
