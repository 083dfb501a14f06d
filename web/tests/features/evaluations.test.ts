import { expect, test } from 'vitest';
import { shadeOf, toHeat } from '../../src/features/evaluations/heat';
import { intervalText, limitText, valueText, worst } from '../../src/features/evaluations/limits';
import { qualitySentence } from '../../src/features/evaluations/qualitySentence';
import { definitionLines } from '../../src/components/definition';

const psi = (value: number | null) => ({ value, limit: 0.15, verdict: 'PASS' });

test('the heat map has the most moved feature first and a gap where a feature was not measured', () => {
  const heat = toHeat([
    { id: 'a', windowEnd: '2018-01-01', drift: [{ feature: 'age', psi: psi(0.3) }] },
    { id: 'b', windowEnd: '2018-02-01', drift: [{ feature: 'age', psi: psi(0.01) }, { feature: 'sex', psi: psi(0.2) }] },
  ]);
  expect(heat.rows.map((row) => [row.feature, row.cells.map((cell) => cell?.value ?? null)])).toEqual([
    ['sex', [null, 0.2]],
    ['age', [0.3, 0.01]],
  ]);
});

test('a cell is half dark at its limit and whole at twice that', () => {
  expect([shadeOf(null, 0.15), shadeOf(0.15, 0.15), shadeOf(0.9, 0.15)]).toEqual([0, 0.5, 1]);
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
