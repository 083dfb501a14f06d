import type { Meaning } from '../../components/Meaning';
import type { Severity } from '../../gql/graphql';

/** The word of a severity, what it means if anything, and the sign that stands for it where there is no room for a word. */
export const SEVERITIES: Record<Severity, { meaning: Meaning | null; word: string; sign: string }> = {
  NONE: { meaning: null, word: 'None', sign: '' },
  LOW: { meaning: null, word: 'Low', sign: '' },
  MEDIUM: { meaning: 'watch', word: 'Medium', sign: 'M' },
  HIGH: { meaning: 'bad', word: 'High', sign: 'H' },
  CRITICAL: { meaning: 'bad', word: 'Critical', sign: 'C' },
};

const ORDER: readonly Severity[] = ['NONE', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL'];

/** The gravest of several; null where none is known. */
export function gravest(severities: readonly (Severity | null | undefined)[]): Severity | null {
  return ORDER.findLast((each) => severities.includes(each)) ?? null;
}
