import type { Answer } from '../../components/Asked';
import type { TrustFiguresFragment } from '../../gql/graphql';
import { count, interval, share } from '../../lib/format';
import { exactMoment, windowText } from '../../lib/time';

interface Reading {
  rows: number;
  labels: number;
  windowStart?: string | null;
  windowEnd?: string | null;
  readAt: string;
}

/** What a trust score is, how sure it is, and what it was made of. */
export function scoreAnswer(score: TrustFiguresFragment, reading: Reading | null | undefined): Answer {
  return {
    title: reading ? 'Trust score, live' : 'Trust score, recorded',
    text: score.reason ?? 'Weighted mean of the component scores, from 0 to 1.',
    lines: [
      ['Value', share(score.value, 3)],
      ['Interval', score.interval ? interval(score.interval, 3) : null],
      ['Threshold', share(score.threshold)],
      ['Coverage', share(score.coverage)],
      ['Window', reading ? windowText(reading.windowStart, reading.windowEnd) : null],
      ['Rows', reading ? count(reading.rows) : null],
      ['Labels', reading ? count(reading.labels) : null],
      ['Read at', reading ? exactMoment(reading.readAt) : null],
      ['Recorded at', score.recordedAt ? exactMoment(score.recordedAt) : null],
      ['Position', score.position ? count(Number(score.position)) : null],
      ['Formula', `version ${score.formula}, policy ${score.policyVersion}`],
    ],
  };
}
