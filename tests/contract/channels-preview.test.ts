import { describe, expect, test } from '@jest/globals';
import { previewOf } from '../../src/app/notify/preview.ts';
import { CHANNEL_NAMES, loadChannel, optionsOf } from '../../src/channels/registry.ts';
import { EXAMPLE_PHASES, exampleMessage } from '../../src/core/notice/example.ts';
import { secretsIn } from '../../src/lib/crypto/redact.ts';
import { channelCases, replaced } from '../support/channel-fixtures.ts';
import { handClock } from '../support/hand-clock.ts';

const HUB = { name: 'hub-1', url: 'https://hub.example.com', marker: '' };
const { clock } = handClock();

/** Options that every channel has a fixture of. */
const optionsFor = (name: string) => {
  const options = channelCases(name)[0]?.[1].options;
  return replaced(
    { ...options, ...(name === 'command' && { command: ['/bin/true'] }) },
    '{server}',
    'https://target.example.com',
  );
};

describe.each(CHANNEL_NAMES)('a preview of %s', (name) => {
  test.each(EXAMPLE_PHASES)('of %s shows what would be sent, and no secret', async (phase) => {
    const options = optionsFor(name);
    const { sent, problems } = await previewOf(name, options, exampleMessage(HUB, 'ops', phase, clock.now()), clock, [
      '/bin/true',
    ]);
    expect(problems).toEqual([]);
    expect(sent.length).toBeGreaterThan(0);
    expect(JSON.stringify(sent)).toMatch(/[Dd]isk/);
    const channel = await loadChannel(name);
    const secrets = channel === undefined ? [] : secretsIn(optionsOf(channel).parse(options));
    for (const secret of secrets.filter(({ bytes }) => bytes > 6))
      expect(JSON.stringify(sent)).not.toContain(secret.reveal());
  });
});

test('a template that fails is told, and the built-in text shown', async () => {
  const options = {
    url: 'https://hooks.slack.com/services/a/b/c',
    text: '{% for i in (1..100000000) %}{{ i }}{% endfor %}',
  };
  const { sent, problems } = await previewOf('slack', options, exampleMessage(HUB, 'ops', 'firing', 0), clock, []);
  expect(problems).toEqual([
    expect.stringMatching(/^The template of the text failed, this is the built-in one: .*line:1/),
  ]);
  expect(JSON.stringify(sent)).toContain('DiskAlmostFull');
});

test('a template that cannot be read names its line', async () => {
  const options = { url: 'https://hooks.slack.com/services/a/b/c', text: 'one\n{% if %}' };
  await expect(previewOf('slack', options, exampleMessage(HUB, 'ops', 'firing', 0), clock, [])).rejects.toThrow(
    /text: .*line:2/,
  );
});

test('a password is not shown in the form in which it is sent, either', async () => {
  const options = { url: 'https://example.com/hook', user: 'me', password: 'a-password' };
  const { sent } = await previewOf('webhook', options, exampleMessage(HUB, 'ops', 'firing', 0), clock, []);
  expect(sent).toMatchObject([{ headers: { authorization: 'Basic [secret]' } }]);
});
