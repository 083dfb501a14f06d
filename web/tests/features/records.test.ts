import { expect, test } from 'vitest';
import { ruleText } from '../../src/features/alerts/rules';
import { actionWords, entrySentence, readableJson } from '../../src/features/audit/entries';

test('a rule reads as a sentence', () => {
  expect(ruleText({ subject: 'trust', operator: 'BELOW', threshold: 0.75, inARow: 2 })).toBe('Trust below 0.75, 2 recorded results in a row');
  expect(ruleText({ subject: 'population_stability_index:SCHL', operator: 'ABOVE', threshold: 0.2, inARow: 1 })).toBe(
    'Population stability index of SCHL above 0.20, once',
  );
});

test('an action of one word says what it is about', () => {
  expect(['registry.VersionAdded', 'evaluations.Completed', 'alerts.Raised', 'trust.Scored'].map(actionWords)).toEqual([
    'Version added', 'Evaluation completed', 'Alert raised', 'Trust scored',
  ]);
});

test('an entry is told with its subject and its actor', () => {
  expect(entrySentence({ action: 'registry.VersionPromoted', subjectKind: 'model', subjectName: 'Churn', actor: { kind: 'USER', name: 'Ada' } })).toBe(
    'Version promoted: Churn, by Ada',
  );
});

test('values before and after are read as a person reads them', () => {
  expect([readableJson('"production"'), readableJson('{"a":1}'), readableJson('null'), readableJson(null), readableJson('0.75')]).toEqual([
    'production', '{\n  "a": 1\n}', null, null, '0.75',
  ]);
});
