import { expect, test } from 'vitest';
import { standingNow } from '../../src/features/trust/standingNow';

test('a score stands as it says while its evidence is fresh, or covers enough', () => {
  expect(standingNow({ standing: 'TRUSTED' }, null)).toBe('TRUSTED');
  expect(standingNow({ standing: 'TRUSTED' }, { standing: 'BELOW_THRESHOLD', sentence: null })).toBe('TRUSTED');
  expect(standingNow({ standing: 'BELOW_THRESHOLD' }, { standing: 'BELOW_THRESHOLD', sentence: 'No rows have come in for 9 days.' })).toBe('BELOW_THRESHOLD');
});

test('there is not enough evidence for a score once no rows have come in for too long', () => {
  expect(standingNow({ standing: 'TRUSTED' }, { standing: 'NOT_ENOUGH_EVIDENCE', sentence: 'No rows have come in for 40 days.' })).toBe('NOT_ENOUGH_EVIDENCE');
});
