import * as z from 'zod';
import type { TestReport, TestRequest, TestResult } from '../../notify/test-notices.ts';
import { failure, type Reply } from '../reply.ts';
import { type Route, route } from './route.ts';
import { ANSWERS } from './schemas.ts';

/** What the route of tests needs. */
export interface TestAlertParts {
  readonly notices: {
    /** Sends tests at once, and gives what the targets answered. */
    readonly test: (request: TestRequest) => Promise<TestReport>;
  };
}

const text = z.string('must be a text').min(1, 'must not be empty').max(200, 'is longer than 200 characters');
const SCHEMA = z.strictObject({
  targets: z.array(text, 'must be a list of channels and routes').max(100).default([]),
  all: z.boolean('must be true or false').default(false),
  labels: z.record(text, z.string('must be a text').max(1000), 'must be labels with their values').default({}),
});

/** `POST /api/v1/test-alert`: the whole way to people, without an incident. */
export function testAlertRoute({ notices }: TestAlertParts): Route {
  const post = async (request: TestRequest): Promise<Reply> => {
    const report = await notices.test(request);
    if (!report.ok) return failure(422, report.problem);
    const isDelivered = report.results.every(({ ok }) => ok);
    return { status: 200, body: { ok: isDelivered, items: report.results.map(testResultJson) } };
  };
  return route({
    method: 'POST',
    path: '/api/v1/test-alert',
    role: 'write',
    summary: 'Send a test to channels, and give their answers',
    body: SCHEMA,
    answers: { 200: ANSWERS.tested },
    answer: ({ body }) => post(body),
  });
}

/** What one channel made of its test, as the API gives it. */
export function testResultJson({ channel, place, chosenBy, ok, answer, permanent, tookMs }: TestResult) {
  return { channel, place, chosen_by: chosenBy, ok, answer, permanent, took_ms: tookMs };
}
