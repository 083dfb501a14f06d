import type { Meaning } from '../../components/Meaning';
import { STANDINGS } from '../../components/meanings';
import { paths } from '../../components/paths';
import type { EvaluationCause, EvaluationState, Standing } from '../../gql/graphql';
import { share } from '../../lib/format';
import { windowText } from '../../lib/time';

interface Happened {
  marks: readonly { position: string; recordedAt: string; text: string }[];
  evaluations: readonly {
    id: string;
    state: EvaluationState;
    cause: EvaluationCause;
    completedAt: string | null;
    windowStart: string;
    windowEnd: string;
    score: { value: number | null; standing: Standing } | null;
  }[];
  alerts: readonly { id: string; raisedAt: string; resolvedAt: string | null; sentence: string }[];
}

export interface Milestone {
  key: string;
  at: string;
  meaning: Meaning;
  text: string;
  to: string;
  /** Whether it is more than one more evaluation that found what the one before it did. */
  isNotable: boolean;
}

/** Those say how the model stands now; one that somebody asks for, or of restated labels, may be of any old window. */
const OF_NOW: readonly EvaluationCause[] = ['WINDOW_CLOSED', 'LIVE_CHANGE', 'PROMOTION'];

/** What was done to a model, what was found of it and what rang, newest first. */
export function milestones({ marks, evaluations, alerts }: Happened): Milestone[] {
  const all: Milestone[] = marks.map((mark) => ({
    key: mark.position, at: mark.recordedAt, meaning: 'unknown', text: mark.text, to: paths.auditEntry(mark.position), isNotable: true,
  }));
  for (const alert of alerts) {
    all.push({ key: `${alert.id} raised`, at: alert.raisedAt, meaning: 'bad', text: `Alert raised: ${alert.sentence}`, to: paths.alert(alert.id), isNotable: true });
    if (alert.resolvedAt !== null) {
      all.push({ key: `${alert.id} resolved`, at: alert.resolvedAt, meaning: 'good', text: `Alert resolved: ${alert.sentence}`, to: paths.alert(alert.id), isNotable: true });
    }
  }
  let before: Standing | null = null;
  const completed = evaluations.flatMap((each) => (each.state === 'COMPLETED' && each.completedAt !== null ? [{ ...each, at: each.completedAt }] : []));
  for (const each of completed.toSorted((left, right) => Date.parse(left.at) - Date.parse(right.at))) {
    const standing = each.score?.standing ?? null;
    const isOfNow = standing !== null && OF_NOW.includes(each.cause);
    const hasChanged = isOfNow && before !== null && before !== standing;
    const found = standing === null ? 'no score' : `trust ${share(each.score?.value)}, ${STANDINGS[standing].word.toLowerCase()}`;
    all.push({
      key: each.id,
      at: each.at,
      meaning: hasChanged ? STANDINGS[standing].meaning : 'unknown',
      text: `${hasChanged && before !== null ? `Standing changed from ${STANDINGS[before].word.toLowerCase()}` : 'Evaluated'}: ${found}, window ${windowText(each.windowStart, each.windowEnd)}`,
      to: paths.evaluation(each.id),
      isNotable: hasChanged,
    });
    if (isOfNow) before = standing;
  }
  return all.toSorted((left, right) => Date.parse(right.at) - Date.parse(left.at));
}
