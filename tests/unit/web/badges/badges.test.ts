import { describe, expect, test } from '@jest/globals';
import { uptimeText } from '../../../../src/core/endpoint/report.ts';
import { badgeSvg, healthBadge, responseTimeBadge, uptimeBadge } from '../../../../src/web/badges/badge.ts';
import { responseTimeChart } from '../../../../src/web/badges/chart.ts';
import { textWidth } from '../../../../src/web/badges/text-width.ts';
import { faultsOfXml, HOSTILE_TEXTS } from '../../../support/hostile-text.ts';

describe("colours and texts are Gatus's", () => {
  test.each([
    ['up', 'up', '#40cc11'],
    ['down', 'down', '#c7130a'],
    ['unknown', '?', '#ccb311'],
  ] as const)('health %s', (state, value, colour) => {
    expect(healthBadge(state)).toEqual({ label: 'health', value, colour });
  });

  test.each([
    [1, '100%', '#40cc11'],
    [0.999999, '99.99%', '#40cc11'],
    [0.975, '97.5%', '#40cc11'],
    [0.974999, '97.49%', '#94cc11'],
    [0.95, '95%', '#94cc11'],
    [0.949999, '94.99%', '#ccd311'],
    [0.9, '90%', '#ccd311'],
    [0.899999, '89.99%', '#ccb311'],
    [0.8, '80%', '#ccb311'],
    [0.799999, '79.99%', '#cc8111'],
    [0.65, '65%', '#cc8111'],
    [0.649999, '64.99%', '#c7130a'],
    [0.29, '29%', '#c7130a'],
    [0, '0%', '#c7130a'],
    [null, '?', '#ccb311'],
  ])('an uptime of %s is %s in %s', (uptime, value, colour) => {
    expect(uptimeBadge('24h', uptime)).toEqual({ label: 'uptime 24h', value, colour });
  });

  test.each([
    [0, '0ms', '#40cc11'],
    [50, '50ms', '#40cc11'],
    [51, '51ms', '#94cc11'],
    [200, '200ms', '#94cc11'],
    [201, '201ms', '#ccd311'],
    [300, '300ms', '#ccd311'],
    [301, '301ms', '#ccb311'],
    [500, '500ms', '#ccb311'],
    [501, '501ms', '#cc8111'],
    [750, '750ms', '#cc8111'],
    [751, '751ms', '#c7130a'],
    [null, '?', '#ccb311'],
  ])('a response time of %s is %s in %s', (ms, value, colour) => {
    expect(responseTimeBadge('7d', ms)).toEqual({ label: 'response time 7d', value, colour });
  });

  test('an endpoint may have steps of its own', () => {
    expect(responseTimeBadge('7d', 35, [10, 20, 30, 40, 50]).colour).toBe('#ccb311');
  });
});

test.each([
  [1, '100 %'],
  [0.999999, '99.999 %'],
  [0.99995, '99.995 %'],
  [0.999, '99.900 %'],
  [0.998999, '99.89 %'],
  [0.29, '29.00 %'],
  [0, '0.00 %'],
  [null, 'no data'],
])('a share of %s is written %s', (share, text) => {
  expect(uptimeText(share)).toBe(text);
});

describe('the image', () => {
  test('is as wide as its texts, and each stands in the middle of its half', () => {
    const svg = badgeSvg(uptimeBadge('24h', 0.9999));
    const [left, right] = [textWidth('uptime 24h') + 12, textWidth('99.99%') + 12];
    expect(svg).toContain(`width="${left + right}" height="20"`);
    expect(svg).toContain(`<text x="${left / 2}" textLength="${left - 12}"`);
    expect(svg).toContain(`<text x="${left + right / 2}" textLength="${right - 12}"`);
    expect(textWidth('iii')).toBeLessThan(textWidth('mmm'));
    expect(textWidth('日本')).toBe(22);
  });

  test('has no style, script or address in it, so that no policy can forbid it', () => {
    for (const svg of [badgeSvg(healthBadge('up')), responseTimeChart([{ at: 0, ms: 5 }], 0, 86_400_000)]) {
      expect(faultsOfXml(svg)).toEqual([]);
      expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/style|script|href|:\/\/|on\w+=/i);
    }
  });

  test('shows whatever it is given as text', () => {
    for (const text of [...HOSTILE_TEXTS, '\u0000\u001b[31m\ud800', '&amp;lt;']) {
      const svg = badgeSvg({ label: text, value: text, colour: text });
      expect(faultsOfXml(svg)).toEqual([]);
      expect(svg.match(/<(\w+)/g)).toEqual(badgeSvg(healthBadge('up')).match(/<(\w+)/g));
    }
  });
});

describe('the chart', () => {
  const hour = 3_600_000;
  const chart = (...times: (number | null)[]) =>
    responseTimeChart(
      times.map((ms, index) => ({ at: index * hour, ms })),
      0,
      24 * hour,
    );
  const lines = (svg: string) => [...svg.matchAll(/<path d="([^"]+)"/g)].map(([, d]) => d);

  test('breaks its line where nothing is known, and makes a dot of what stands alone', () => {
    expect(lines(chart(10, 20, null, null, 30, null, 40, 50))).toEqual([
      expect.stringMatching(/^M[\d. ]+L[\d. ]+$/),
      expect.stringMatching(/^M[\d. ]+h0$/),
      expect.stringMatching(/^M[\d. ]+L[\d. ]+$/),
    ]);
  });

  test.each([
    [[], 'Response time: no data'],
    [[null], 'Response time: no data'],
    [[0, 7, 93], 'Response time, 3 means, up to 93 ms'],
  ])('of %j says "%s"', (times, words) => {
    expect(chart(...times)).toContain(`aria-label="${words}"`);
  });

  test.each([
    [1, '1 ms'],
    [93, '100 ms'],
    [130, '200 ms'],
    [801, '1000 ms'],
  ])('up to %d ms goes to %s', (ms, top) => {
    expect([...chart(ms).matchAll(/text-anchor="end">([^<]+)<\/text>/g)].map(([, text]) => text)).toContain(top);
  });
});
