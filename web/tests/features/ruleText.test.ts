import { expect, test } from 'vitest';
import { subjectText } from '../../src/features/alerts/rules';

test.each([
  ['trust', 'Trust'],
  ['population_stability_index:SCHL', 'Population stability index of SCHL'],
  ['missing_share:mail@home', 'Missing share of mail@home'],
  ['recall@women: over 60', 'Recall in women: over 60'],
])('%s is told as "%s"', (subject, text) => {
  expect(subjectText(subject)).toBe(text);
});
