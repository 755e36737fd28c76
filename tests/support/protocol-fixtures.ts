import type { Exec } from '../../src/lib/exec.ts';

/** What a protocol looks at in its contract test: a real server that is well. */
export interface ProtocolFixture {
  readonly url: string;
  readonly options: object;
  readonly conditions: readonly string[];
  /** What a look sees; a part of it. */
  readonly sees: object;
  /** Given in place of the system's programs. */
  readonly exec?: Exec;
  close(): Promise<void>;
}

/** A fixture: one file in `tests/fixtures/protocols`, by the name of its protocol. */
export interface FixtureModule {
  start(): Promise<ProtocolFixture>;
  /** The URL of it at a place: what `host` and `port` stand for. */
  urlAt(host: string, port: number): string;
  /** Whether it connects by TCP, so that a server can be refused, hang, and reset. */
  readonly isTcp: boolean;
}
