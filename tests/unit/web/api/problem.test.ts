import { expect, test } from '@jest/globals';
import { asProblem, PROBLEM_KINDS } from '../../../../src/web/api/problem.ts';
import { failure, later } from '../../../../src/web/reply.ts';

test.each(Object.entries(PROBLEM_KINDS))('%s is %s, with what to do and the fields that are wrong', (status, kind) => {
  const errors = [{ path: 'limit', message: 'must be a whole number' }];
  const { body, headers } = asProblem(failure(Number(status), 'wrong query', errors));
  expect(headers).toEqual({ 'Content-Type': 'application/problem+json; charset=utf-8' });
  const title = expect.stringMatching(/^[A-Z]/);
  const type = `urn:monitor:problem:${kind}`;
  expect(body).toEqual({ type, title, status: Number(status), detail: 'wrong query', errors });
});

test('headers, and what else an error says, stay', () => {
  expect(asProblem(later(503, 'busy', 5)).headers).toMatchObject({ 'Retry-After': '5' });
  const refused = { status: 409, body: { status: 'error', message: 'it is over', reason: 'is_over' } };
  expect(asProblem(refused).body).toMatchObject({ detail: 'it is over', reason: 'is_over' });
});

test.each([
  { status: 200, body: { status: 'error', message: 'no error' } },
  { status: 503, body: { status: 'not ready', reason: 'the disk is full' } },
  { status: 404, body: 'silence not found' },
  { status: 410, body: undefined, page: '<p>' },
])('%j has a form of its own', (reply) => {
  expect(asProblem(reply)).toBe(reply);
});
