import type { ProgressFiguresFragment } from '../../gql/graphql';
import { count } from '../../lib/format';

/** What an evaluation that is not over does just now, in a sentence. */
export function progressText({ step, rowsRead, rowsToRead, attempt, lastError }: Omit<ProgressFiguresFragment, 'share' | ' $fragmentName'>): string {
  const what = {
    WAITING: attempt === 1 ? 'It waits for its turn.' : 'It waits for its next attempt.',
    READING: rowsToRead === null ? 'It begins to read.' : `It has read ${count(rowsRead)} of ${count(rowsToRead)} rows.`,
    MEASURING: `It measures ${count(rowsToRead)} rows.`,
  }[step];
  const before = lastError === null ? '' : ` The attempt before ended: ${lastError}.`;
  return attempt === 1 ? what : `${what} Attempt ${count(attempt)}.${before}`;
}
