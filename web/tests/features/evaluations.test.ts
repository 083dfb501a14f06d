import { expect, test } from 'vitest';
import { toHeat } from '../../src/features/evaluations/heat';
import { intervalText, limitText, valueText, worst } from '../../src/features/evaluations/limits';
import { gravest } from '../../src/features/evaluations/severities';
import { qualitySentence } from '../../src/features/evaluations/qualitySentence';
import { definitionLines } from '../../src/components/definition';

test('the heat map keeps the order of the history, has a gap where a feature was not measured, and is filtered by what is shown', () => {
  const history = {
    evaluationIds: ['a', 'b'],
    windowStarts: ['2018-01-01', '2018-02-01'],
    windowEnds: ['2018-02-01', '2018-03-01'],
    subjects: ['SEX', 'AGEP'],
    values: [[null, 0.2], [0.3, 0.01]],
    severities: [[null, 'HIGH'], ['CRITICAL', 'NONE']] as const,
    verdicts: [[null, 'FAIL'], ['FAIL', 'PASS']],
  };
  const titleOf = (subject: string) => (subject === 'AGEP' ? 'Age in years' : subject);
  const cells = toHeat(history, '', titleOf).map((row) => [row.subject, row.cells.map((cell) => [cell.value, cell.severity, cell.hasFailed])]);
  expect(cells).toEqual([
    ['SEX', [[null, null, false], [0.2, 'HIGH', true]]],
    ['AGEP', [[0.3, 'CRITICAL', true], [0.01, 'NONE', false]]],
  ]);
  expect([toHeat(history, ' years', titleOf), toHeat(history, 'agep', titleOf), toHeat(history, 'race', titleOf)].map((rows) => rows.map((row) => row.subject))).toEqual([
    ['AGEP'], ['AGEP'], [],
  ]);
});

test('the gravest of several changes counts', () => {
  expect([gravest(['LOW', null, 'HIGH']), gravest(['NONE']), gravest([null, undefined])]).toEqual(['HIGH', 'NONE', null]);
});

test('inconclusive is worse than passed and better than failed', () => {
  const of = (verdict: 'PASS' | 'FAIL' | 'INCONCLUSIVE') => ({ verdict, value: 1 });
  expect([worst([of('PASS'), of('INCONCLUSIVE')]), worst([of('INCONCLUSIVE'), of('FAIL')]), worst([])]).toEqual(['INCONCLUSIVE', 'FAIL', null]);
});

test('a limit says which side passes, and a count has no decimals', () => {
  const of = (limit: number | null, measure = 'accuracy') => ({ measure, limit });
  expect([limitText(of(0.8), 'higher'), limitText(of(0.1), 'lower'), limitText(of(null), 'lower'), limitText(of(0.1), undefined)]).toEqual([
    'at least 0.800', 'below 0.100', null, '0.100',
  ]);
  expect([limitText(of(1_200, 'volume'), 'higher'), valueText('volume', 68_785), intervalText('volume', { low: 5, high: 5 })]).toEqual([
    'at least 1\u2009200', '68\u2009785', '5 to 5',
  ]);
});

test('a definition is told in words, long parts by their size', () => {
  expect(definitionLines('{"measure":"psi","epsilon":0.000001,"edges":[1,2,3,4,5,6,7,8]}', 'sha256:9f2c4be1a7d05533')).toEqual([
    ['Epsilon', '1e-6'], ['Edges', '8 values'], ['Definition', '9f2c4be1a7d0'],
  ]);
});

test('a definition that is no JSON is shown as it is', () => {
  expect(definitionLines('bins by quantile', 'abc')[0]).toEqual(['Definition', 'bins by quantile']);
});

test('the first glance at the data names what is wrong, and what is not known', () => {
  const of = (verdict: 'PASS' | 'FAIL' | 'INCONCLUSIVE', ...names: string[]) => names.map((name) => ({ name, verdict }));
  expect(qualitySentence(of('PASS', 'volume'))).toBe('Nothing is wrong with the data');
  expect(qualitySentence([...of('PASS', 'volume'), ...of('INCONCLUSIVE', 'age')])).toBe('Nothing is known to be wrong with the data; 1 check can\u2019t be told');
  expect(qualitySentence([...of('INCONCLUSIVE', 'sex'), ...of('FAIL', 'volume', 'age')])).toBe('Wrong with the data: volume, age');
  expect(qualitySentence(of('FAIL', 'a', 'b', 'c', 'd', 'e', 'f'))).toBe('Wrong with the data: a, b, c, d and 2 others');
});
