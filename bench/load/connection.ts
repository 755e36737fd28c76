import { connect } from 'node:net';

/** A keep-alive connection for one request at a time. */
export interface Connection {
  /** Sends a whole request; resolves with the status of the answer, or 0 when the connection is lost. */
  ask(request: Buffer): Promise<number>;
  close(): void;
}

/** Connects to a port of 127.0.0.1. */
export function open(port: number): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.setNoDelay(true);
    let answer = '';
    let answered: (status: number) => void = () => {};
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      const head = answer.indexOf('\r\n\r\n');
      if (head === -1) return;
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(answer.slice(0, head + 2))?.[1] ?? 0);
      if (answer.length < head + 4 + length) return;
      const status = Number(answer.slice(9, 12));
      answer = '';
      answered(status);
    });
    socket.on('error', reject);
    socket.on('close', () => answered(0));
    const ask = (request: Buffer) =>
      new Promise<number>((done) => {
        answered = done;
        if (socket.writable) socket.write(request);
        else done(0);
      });
    socket.on('connect', () => resolve({ ask, close: () => socket.destroy() }));
  });
}
