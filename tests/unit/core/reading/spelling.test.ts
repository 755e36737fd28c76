import { expect, test } from '@jest/globals';
import { respelled } from '../../../../src/core/reading/spelling.ts';

const NAMES = ['alert_id', 'alert_scope'];

test.each([
  [{ alertId: 1 }, 1],
  [{ AlertID: 1 }, 1],
  [{ 'alert-id': 1 }, 1],
  [{ alert: { id: 1 } }, 1],
  [{ alert: { ID: 1 } }, 1],
  [{ alert_id: 1, alertId: 2 }, 1],
  [{ alertId: 1, alert: { id: 2 } }, 1],
  [{ id: 1 }, undefined],
  [{ alert: [1] }, undefined],
])('%j has the field alert_id: %j', (body, id) => {
  expect(respelled(body, NAMES, ['alert']).alert_id).toBe(id);
});

test('a body whose names are right is left as it is', () => {
  const body = { alert_id: 1, alert_scope: 'a' };
  expect(respelled(body, NAMES)).toBe(body);
});
