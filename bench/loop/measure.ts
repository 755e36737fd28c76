import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';

/** Latencies of one server in milliseconds, counted from when the request was due. */
export interface Answers {
  readonly latencies: readonly number[];
  /** Requests without an answer of 200. */
  readonly failed: number;
}

/** What the probe measured between `begin` and `end`. */
export interface ProbeReport {
  /** The hub, then the control. */
  readonly answers: readonly Answers[];
  /** Delay of the probe's own timer, in milliseconds. */
  readonly late: readonly number[];
}

/** The probe and the control server. */
export interface Probe {
  /** Whether the probe runs at a raised priority. */
  readonly hasPriority: boolean;
  begin(): Promise<void>;
  end(): Promise<ProbeReport>;
  stop(): void;
}

/** Starts both, for the hub on this port. */
export async function startProbe(port: number): Promise<Probe> {
  const control = fork(join(import.meta.dirname, 'control.js'));
  const idle = await messageOf<number>(control);
  const probe = fork(join(import.meta.dirname, 'probe.ts'), [String(port), String(idle)], {
    execArgv: ['--import', 'tsx'],
  });
  const hasPriority = await messageOf<boolean>(probe);
  return {
    hasPriority,
    begin: async () => {
      probe.send('begin');
      await messageOf(probe);
    },
    end: () => {
      probe.send('end');
      return messageOf<ProbeReport>(probe);
    },
    stop: () => {
      probe.disconnect();
      control.disconnect();
    },
  };
}

function messageOf<Message>(child: ChildProcess): Promise<Message> {
  return new Promise((resolve, reject) => {
    const ended = () => reject(new Error('the probe or its control server exited'));
    child.once('exit', ended);
    child.once('message', (message) => {
      child.off('exit', ended);
      resolve(message as Message);
    });
  });
}
