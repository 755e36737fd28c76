import * as z from 'zod';
import { checkHealth } from '../lib/http/grpc-health.ts';
import { client, familyOf, LookFailure, type Protocol, placeOf, tlsOptions } from './contract.ts';

const options = z.strictObject({
  service: z
    .string({ error: 'must be the name of a service' })
    .max(1000)
    .default('')
    .describe('Service that is asked for; left out, the server as a whole'),
  client: client(),
});

/** Servers with the health service of gRPC (grpc.health.v1). */
export const grpc: Protocol = {
  name: 'grpc',
  schemes: ['grpc', 'grpcs'],
  summary:
    'Asks the health service of a gRPC server; its body is {"status":"SERVING"}, and its status the code of gRPC',
  example: 'grpc://api.example.com:50051',
  options,
  conditions: ['[CONNECTED] == true', '[BODY].status == SERVING'],
  bind(url, given) {
    const isTls = /^grpcs:/i.test(url);
    const place = placeOf(url, isTls ? 443 : null);
    const { service, client: how } = options.parse(given);
    return async (_, { clock, connector, signal, saw, userAgent }) => {
      const settings = await tlsOptions(how);
      const opened = await connector.open({ ...place, family: familyOf(how) }, signal);
      try {
        saw({ ip: opened.ip, timings: { dnsMs: opened.dnsMs, connectMs: opened.connectMs } });
        let { socket } = opened;
        if (isTls) {
          const secured = await connector.secure(socket, place.host, { ...settings, protocols: ['h2'] }, signal);
          saw({ certificate: secured.certificate, timings: { tlsMs: secured.tlsMs } });
          if (secured.protocol !== 'h2') throw new LookFailure('protocol', 'does not speak HTTP/2, as gRPC does');
          socket = secured.socket;
        }
        const asked = clock.monotonic();
        const { code, message, status } = await checkHealth({ socket, place, isTls, service, userAgent, signal });
        saw({ connected: true, status: code, version: 'HTTP/2', timings: { firstByteMs: clock.monotonic() - asked } });
        if (status !== null) saw({ body: JSON.stringify({ status }) });
        if (code !== 0)
          throw new LookFailure('answer', `answered with code ${code} of gRPC${message === '' ? '' : `: ${message}`}`);
      } finally {
        opened.socket.destroy();
      }
    };
  },
};
