import { expect, test } from 'vitest';
import { ruleText } from '../../src/features/alerts/rules';
import { milestones } from '../../src/features/audit/milestones';
import { longer, wholeSince } from '../../src/features/audit/useMilestones';
import { actionWords, entrySentence, readableJson } from '../../src/features/audit/entries';

test('a rule reads as a sentence', () => {
  expect(ruleText({ subject: 'trust', operator: 'BELOW', threshold: 0.75, inARow: 2 })).toBe('Trust below 0.75, 2 recorded results in a row');
  expect(ruleText({ subject: 'population_stability_index:SCHL', operator: 'ABOVE', threshold: 0.2, inARow: 1 })).toBe(
    'Population stability index of SCHL above 0.20, once',
  );
  expect(ruleText({ subject: 'accuracy', operator: 'BELOW', threshold: 0.7825, inARow: 1 })).toBe('Accuracy below 0.7825, once');
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

test('a model’s story tells changes of standing and alerts, not each evaluation', () => {
  const evaluation = (id: string, hour: number, standing: 'TRUSTED' | 'BELOW_THRESHOLD', cause: 'WINDOW_CLOSED' | 'REQUESTED' = 'WINDOW_CLOSED') => ({
    id, cause, state: 'COMPLETED' as const, completedAt: `2026-03-03T0${String(hour)}:00:00Z`,
    windowStart: '2026-03-01T00:00:00Z', windowEnd: '2026-03-02T00:00:00Z', score: { value: 0.71, standing },
  });
  const all = milestones({
    marks: [{ position: '4', recordedAt: '2026-03-03T00:30:00Z', text: 'v1 promoted' }],
    evaluations: [
      evaluation('d', 4, 'BELOW_THRESHOLD'), evaluation('c', 3, 'BELOW_THRESHOLD', 'REQUESTED'), evaluation('b', 2, 'TRUSTED'), evaluation('a', 1, 'TRUSTED'),
    ],
    alerts: [{ id: 'x', raisedAt: '2026-03-03T05:00:00Z', resolvedAt: null, sentence: 'Trust fell.' }],
  });
  expect(all.map((each) => each.key)).toEqual(['x raised', 'd', 'c', 'b', 'a', '4']);
  expect(all.filter((each) => each.isNotable).map((each) => each.text.split(', window')[0])).toEqual([
    'Alert raised: Trust fell.', 'Standing changed from trusted: trust 0.71, below threshold', 'v1 promoted',
  ]);
});

test('a story is told as far back as all of its lists were read, and each grows from its own end', () => {
  const page = <Node>(hasNextPage: boolean, nodes: Node[]) => ({ pageInfo: { hasNextPage, endCursor: 'c' }, nodes });
  const evaluation = (requestedAt: string) => ({ id: requestedAt, requestedAt }) as never;
  const alert = (raisedAt: string) => ({ id: raisedAt, raisedAt }) as never;
  const evaluations = page(true, [evaluation('2026-03-03T05:00:00Z'), evaluation('2026-03-03T03:00:00Z')]);
  const alerts = page(true, [alert('2026-03-03T04:00:00Z'), alert('2026-03-01T00:00:00Z')]);
  expect(wholeSince({ evaluations, alerts })).toBe('2026-03-03T03:00:00Z');
  const whole = longer(evaluations, page(false, [evaluation('2026-03-02T00:00:00Z')]));
  expect(wholeSince({ evaluations: whole, alerts })).toBe('2026-03-01T00:00:00Z');
  expect(wholeSince({ evaluations: whole, alerts: page(false, []) })).toBeNull();
  expect(longer(whole, page(true, [evaluation('2026-03-05T00:00:00Z')]))).toBe(whole);
});
