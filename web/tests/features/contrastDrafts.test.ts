import { expect, test } from 'vitest';
import { areTheSameContrasts, contrastDraftsOf, contrastsOf, contrastText } from '../../src/features/registry/contrastDrafts';

const TO_MEN = { attribute: 'sex', against: 'REFERENCE', reference: 'm', leastShare: 0.02 } as const;

test('each attribute has a draft, and what says nothing is not sent', () => {
  const drafts = contrastDraftsOf(['sex', 'race'], [TO_MEN]);

  expect(drafts.map((each) => each.against)).toEqual(['REFERENCE', 'GROUPS']);
  expect(contrastsOf(drafts)).toEqual([TO_MEN]);
  expect(areTheSameContrasts(drafts, [TO_MEN])).toBe(true);
});

test('a reference that is not asked for any more is not sent', () => {
  const changed = contrastDraftsOf(['sex'], [TO_MEN]).map((each) => ({ ...each, against: 'WHOLE' as const, leastShare: '0' }));

  expect(contrastsOf(changed)).toEqual([{ attribute: 'sex', against: 'WHOLE', reference: null, leastShare: 0 }]);
  expect(areTheSameContrasts(changed, [TO_MEN])).toBe(false);
});

test('a plan tells it in words', () => {
  expect(contrastText(TO_MEN, (value) => (value === 'm' ? 'men' : value))).toBe('each group against men, without groups of less than 2 % of the rows');
  expect(contrastText({ ...TO_MEN, against: 'WHOLE', leastShare: 0 }, String)).toBe('each group against all rows');
});
