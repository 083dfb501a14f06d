import { describe, expect, it } from 'vitest';
import type { PlanFiguresFragment } from '../../src/gql/graphql';
import { changes, isWhole } from '../../src/features/registry/planFields';

const PLAN = {
  windowSeconds: 2_592_000, latenessSeconds: 86_400, minimumRows: 200, minimumGroupSize: 100, confidence: 0.95, psiLimit: 0.15, distanceLimit: 0.1,
  parityRatioLimit: 0.8, parityDifferenceLimit: 0.1, performanceTolerance: 0.05, missingTolerance: 0.05, unseenTolerance: 0.05, unlikelyTolerance: 0.04,
  clockTolerance: 0.05, duplicateTolerance: 0.05, violationTolerance: 0.05, silenceLimit: 0.25, leastLabelShare: 0, measures: [], features: null, outputs: [], slices: [], contrasts: [],
  triggers: ['DATA', 'LABELS', 'PROMOTION'], schedule: null, changedAt: null, changedBy: null, reason: null, id: 'plan',
} as unknown as PlanFiguresFragment;

describe('changes', () => {
  it('sends nothing that nobody touched, nor what was put back', () => {
    expect(changes({ numbers: {} }, PLAN)).toEqual({});
    expect(changes({ numbers: { psiLimit: 0.15 }, features: [], triggers: ['PROMOTION', 'LABELS', 'DATA'], schedule: ' ' }, PLAN)).toEqual({});
  });

  it('sends hours as seconds and all else as it is', () => {
    expect(changes({ numbers: { windowSeconds: 168, psiLimit: '0.2' } }, PLAN)).toEqual({ windowSeconds: 604_800, psiLimit: 0.2 });
  });

  it('corrects p-values otherwise, or no more', () => {
    const corrected = { ...PLAN, pValueCorrection: 'BONFERRONI' as const };
    expect(changes({ numbers: {}, correction: 'BONFERRONI' }, corrected)).toEqual({});
    expect(changes({ numbers: {}, correction: 'BENJAMINI_HOCHBERG' }, corrected)).toEqual({ pValueCorrection: 'BENJAMINI_HOCHBERG' });
    expect(changes({ numbers: {}, correction: 'NONE' }, corrected)).toEqual({ pValueCorrection: null });
    expect(changes({ numbers: {}, correction: 'NONE' }, PLAN)).toEqual({});
  });

  it('takes away by null what need not be there', () => {
    const narrow = { ...PLAN, features: ['age'], schedule: '0 6 * * 1' };
    expect(changes({ numbers: {}, features: [], schedule: '' }, narrow)).toEqual({ features: null, schedule: null });
    expect(changes({ numbers: {}, features: ['age', 'sex'], triggers: [], outputs: ['SCORE'] }, narrow)).toEqual({ features: ['age', 'sex'], triggers: [], outputs: ['SCORE'] });
  });
});

describe('isWhole', () => {
  it('wants a number where one was taken out', () => {
    expect(isWhole({ numbers: { minimumRows: '' } })).toBe(false);
    expect(isWhole({ numbers: { minimumRows: 5 } })).toBe(true);
    expect(isWhole({ numbers: {}, worth: { unit: 'EUR', values: [['', '-']], least: '' } })).toBe(false);
  });
});
