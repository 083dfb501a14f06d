import { describe, expect, it } from 'vitest';
import { contrastSentence } from '../../src/features/evaluations/contrastSentence';
import { slicesSentence } from '../../src/features/evaluations/slicesSentence';
import { areTheSame, draftsOf, EMPTY_CONDITION, slicesOf, withAnother } from '../../src/features/registry/sliceDrafts';

const COLUMNS = [
  { name: 'age', kind: 'NUMBER', categories: null },
  { name: 'sex', kind: 'CATEGORY', categories: ['f', 'm'] },
] as const;
const DECLARED = [
  {
    name: 'young women',
    conditions: [
      { column: 'sex', values: ['f'], low: null, high: null },
      { column: 'age', values: null, low: null, high: 25 },
    ],
  },
];

describe('the slices of a form', () => {
  it('are those of the plan while nobody touches them', () => {
    expect(areTheSame(draftsOf(DECLARED), DECLARED)).toBe(true);
    expect(areTheSame([], DECLARED)).toBe(false);
  });

  it('are sent with the ends of numbers and the categories of anything else', () => {
    const old = { key: 1, name: ' old ', conditions: [{ column: 'age', values: ['left over'], low: '60', high: '' }] };
    expect(slicesOf([...draftsOf(DECLARED), old], COLUMNS)).toEqual([
      { name: 'young women', conditions: [{ column: 'sex', values: ['f'] }, { column: 'age', low: null, high: 25 }] },
      { name: 'old', conditions: [{ column: 'age', low: 60, high: null }] },
    ]);
  });

  it('begin with nothing said, and are told from those that were removed', () => {
    const drafts = withAnother(withAnother(draftsOf(DECLARED)).slice(1));
    expect(drafts.map((each) => each.key)).toEqual([1, 2]);
    expect(slicesOf(drafts.slice(1), COLUMNS)).toEqual([{ name: '', conditions: [{ column: '', values: [] }] }]);
    expect(drafts.at(1)?.conditions).toEqual([EMPTY_CONDITION]);
  });
});

describe('slicesSentence', () => {
  const of = (...verdicts: ('PASS' | 'FAIL' | 'INCONCLUSIVE' | null)[]) => verdicts.map((verdict, place) => ({ name: `s${place}`, verdict }));

  it.each([
    [of('PASS', 'FAIL', 'FAIL', 'FAIL', 'FAIL', 'FAIL'), 'Failing: s1, s2, s3 and 2 more.'],
    [of('FAIL'), 'Failing: s0.'],
    [of('PASS'), 'It passes.'],
    [of('PASS', 'PASS'), 'All 2 pass.'],
    [of('PASS', 'INCONCLUSIVE', null), 'None fails; 1 of 3 passes for sure.'],
    [of('INCONCLUSIVE', null), 'None fails, and none is sure to pass.'],
  ])('says which fail, else what is sure', (slices, sentence) => {
    expect(slicesSentence(slices)).toBe(sentence);
  });
});

describe('contrastSentence', () => {
  it.each([
    [[12, 2, 3], "2 of 17 fail, 3 can't be told"],
    [[0, 1, 0], '1 of 1 fails'],
    [[4, 0, 0], 'all 4 pass'],
    [[1, 0, 0], 'it passes'],
    [[3, 0, 1], "none of 4 fails, 1 can't be told"],
    [[0, 0, 5], 'none of 5 can be told'],
    [[0, 0, 1], "it can't be told"],
  ])('tells how all of them are judged', ([passed = 0, failed = 0, inconclusive = 0], sentence) => {
    expect(contrastSentence({ passed, failed, inconclusive })).toBe(sentence);
  });
});
