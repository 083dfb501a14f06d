import type { Standing } from '../gql/graphql';
import type { Meaning } from './Meaning';

type AlertState = 'OPEN' | 'ACKNOWLEDGED' | 'RESOLVED';
type EvaluationState = 'REQUESTED' | 'COMPLETED' | 'FAILED' | 'CANCELLED';
type Proof = 'IDENTICAL' | 'WITHIN_TOLERANCE' | 'DIFFERENT';
type Verdict = 'PASS' | 'FAIL' | 'INCONCLUSIVE';

export interface Named {
  meaning: Meaning;
  word: string;
}

export const STANDINGS: Record<Standing, Named> = {
  TRUSTED: { meaning: 'good', word: 'Trusted' },
  BELOW_THRESHOLD: { meaning: 'bad', word: 'Below threshold' },
  NOT_ENOUGH_EVIDENCE: { meaning: 'unknown', word: 'Not enough evidence' },
};

export const VERDICTS: Record<Verdict, Named> = {
  PASS: { meaning: 'good', word: 'Pass' },
  FAIL: { meaning: 'bad', word: 'Fail' },
  INCONCLUSIVE: { meaning: 'unknown', word: 'Inconclusive' },
};

export const ALERT_STATES: Record<AlertState, Named> = {
  OPEN: { meaning: 'bad', word: 'Open' },
  ACKNOWLEDGED: { meaning: 'watch', word: 'Acknowledged' },
  RESOLVED: { meaning: 'good', word: 'Resolved' },
};

export const PROOFS: Record<Proof, Named> = {
  IDENTICAL: { meaning: 'good', word: 'Identical to the bit' },
  WITHIN_TOLERANCE: { meaning: 'good', word: 'The same to 1e-12' },
  DIFFERENT: { meaning: 'bad', word: 'Different' },
};

export const EVALUATION_STATES: Record<EvaluationState, Named> = {
  REQUESTED: { meaning: 'unknown', word: 'Running' },
  COMPLETED: { meaning: 'good', word: 'Completed' },
  FAILED: { meaning: 'bad', word: 'Failed' },
  CANCELLED: { meaning: 'unknown', word: 'Cancelled' },
};
