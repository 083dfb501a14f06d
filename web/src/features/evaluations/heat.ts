import type { Severity } from '../../gql/graphql';

/** What the API says of drift over time: a row of each matrix for each subject, a column for each window. */
export interface History {
  evaluationIds: readonly string[];
  windowStarts: readonly string[];
  windowEnds: readonly string[];
  subjects: readonly string[];
  values: readonly (readonly (number | null)[])[];
  severities: readonly (readonly (Severity | null)[])[];
  verdicts: readonly (readonly (string | null)[])[];
}

export interface HeatCell {
  evaluationId: string;
  window: number;
  value: number | null;
  severity: Severity | null;
  hasFailed: boolean;
}

/** The cells of each subject that a filter leaves, in the order of the history. */
export function toHeat(history: History, filter: string, titleOf: (subject: string) => string): { subject: string; cells: HeatCell[] }[] {
  const sought = filter.trim().toLowerCase();
  return history.subjects.flatMap((subject, row) => {
    if (!`${titleOf(subject)} ${subject}`.toLowerCase().includes(sought)) return [];
    const cells = history.evaluationIds.map((evaluationId, window) => ({
      evaluationId,
      window,
      value: history.values[row]?.[window] ?? null,
      severity: history.severities[row]?.[window] ?? null,
      hasFailed: history.verdicts[row]?.[window] === 'FAIL',
    }));
    return [{ subject, cells }];
  });
}
