import { expect, test } from '@jest/globals';
import { refusalReply } from '../../../../src/web/access/refusal.ts';
import { CALLER } from '../../../support/access.ts';

test('a token that is not known is not said to be wanted by a hub that may have none', () => {
  const reply = refusalReply('unknown_token', null, { role: 'read' }, CALLER);
  expect(reply.status).toBe(401);
  expect(JSON.stringify(reply)).toContain('nor its MONITOR_API_TOKEN, if it has one');
});
