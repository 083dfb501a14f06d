import type { ChangePlanInput, PlanFiguresFragment } from '../../gql/graphql';
import type { ContrastDraft } from './contrastDrafts';
import type { SliceDraft } from './sliceDrafts';
import type { WorthDraft } from './worthDrafts';

type NumberField = { [Name in keyof PlanFiguresFragment]-?: PlanFiguresFragment[Name] extends number ? Name : never }[keyof PlanFiguresFragment];

interface PlanField {
  name: NumberField;
  label: string;
  description: string;
  min: number;
  max?: number;
  step: number;
  /** How many of the API's units are one of the form's. */
  unit?: number;
}

export interface FieldGroup {
  title: string;
  fields: readonly PlanField[];
}

const share = (name: NumberField, label: string, description: string, min = 0.01): PlanField => ({ name, label, description, min, max: 1, step: 0.01 });

const HOUR = 3_600;

export const FIELD_GROUPS: readonly FieldGroup[] = [
  {
    title: 'Windows and evidence',
    fields: [
      { name: 'windowSeconds', label: 'Window, hours', description: '24 and its multiples are whole days.', min: 0.02, max: 9_600, step: 24, unit: HOUR },
      { name: 'latenessSeconds', label: 'Open for late rows, hours', description: 'After the end of a window.', min: 0, step: 1, unit: HOUR },
      { name: 'minimumRows', label: 'Minimum rows', description: 'With fewer, inconclusive.', min: 1, step: 50 },
      { name: 'minimumGroupSize', label: 'Minimum group size', description: 'Smaller groups are not compared.', min: 1, step: 10 },
      { name: 'confidence', label: 'Confidence', description: 'Of all intervals of a measure together.', min: 0.5, max: 0.999, step: 0.01 },
      share('leastLabelShare', 'Share of labels to wait for', 'Before what rests on labels is judged.', 0),
    ],
  },
  {
    title: 'Drift, fairness, performance',
    fields: [
      share('psiLimit', 'PSI', 'From here a feature has drifted.'),
      share('distanceLimit', 'Distance', 'Jensen-Shannon and Kolmogorov-Smirnov.'),
      { name: 'driftConfidence', label: 'Confidence of drift', description: 'Of all features together.', min: 0.5, max: 0.999, step: 0.01 },
      share('parityRatioLimit', 'Least parity ratio', '0.8 is the four-fifths rule.'),
      share('parityDifferenceLimit', 'Parity difference', 'Between the rates of two groups.'),
      { name: 'performanceTolerance', label: 'Performance lost', description: "As a share of the baseline's.", min: 0, max: 0.99, step: 0.01 },
    ],
  },
  {
    title: 'Data quality',
    fields: [
      share('missingTolerance', 'More missing values', 'Than in the baseline, as a share.'),
      share('unseenTolerance', 'More unseen values', 'Out of range, or new categories.'),
      share('unlikelyTolerance', 'More unlikely rows', 'Than in the baseline, as a share.'),
      share('clockTolerance', 'Clocks that run ahead', 'Share of the rows.'),
      share('duplicateTolerance', 'Duplicates', 'Share of the rows received.'),
      share('violationTolerance', 'Rows that do not fit', 'Share of the rows received.'),
      share('silenceLimit', 'Silence', 'Since the newest row, share of a window.'),
    ],
  },
];

export const TRIGGERS = [
  { value: 'DATA', label: 'New rows that move the score' },
  { value: 'LABELS', label: 'Labels that come late' },
  { value: 'PROMOTION', label: 'A promotion' },
] as const;

export const OUTPUTS = [
  { value: 'DECISION', label: 'Decisions' },
  { value: 'SCORE', label: 'Scores' },
  { value: 'LABEL', label: 'Labels' },
] as const;

export const CORRECTIONS = [
  { value: 'NONE', label: 'Not told' },
  { value: 'BENJAMINI_HOCHBERG', label: 'By Benjamini and Hochberg: few of those that are named did not' },
  { value: 'BONFERRONI', label: 'By Bonferroni: hardly any that is named did not' },
] as const;

/** What a form holds: numbers in its own units, the rest as the API has it. */
export interface Draft {
  numbers: Partial<Record<NumberField, number | string>>;
  features?: string[];
  measures?: string[];
  outputs?: PlanFiguresFragment['outputs'];
  triggers?: PlanFiguresFragment['triggers'];
  schedule?: string;
  slices?: SliceDraft[];
  contrasts?: ContrastDraft[];
  correction?: (typeof CORRECTIONS)[number]['value'];
  worth?: WorthDraft;
}

/** A number as the form shows it. */
export function shown(field: PlanField, plan: PlanFiguresFragment): number {
  return Number((plan[field.name] / (field.unit ?? 1)).toPrecision(6));
}

/** Whether every number that was touched is one. */
export function isWhole(draft: Draft): boolean {
  const worth = draft.worth ? [...draft.worth.values.flat(), draft.worth.least] : [];
  return Object.values(draft.numbers).every((each) => each !== '' && Number.isFinite(Number(each))) && worth.every((each) => Number.isFinite(Number(each)));
}

/** What changes, in the API's units: only what somebody touched and is another than before. */
export function changes(draft: Draft, plan: PlanFiguresFragment): Omit<ChangePlanInput, 'versionId' | 'reason'> {
  const found: Record<string, unknown> = {};
  for (const field of FIELD_GROUPS.flatMap((group) => group.fields)) {
    const given = draft.numbers[field.name];
    if (given !== undefined && Number(given) !== shown(field, plan)) found[field.name] = field.unit ? Math.round(Number(given) * field.unit) : Number(given);
  }
  const lists = [['features', plan.features ?? []], ['measures', plan.measures], ['outputs', plan.outputs], ['triggers', plan.triggers]] as const;
  for (const [name, before] of lists) {
    const after = draft[name];
    if (after === undefined || sameNames(before, after)) continue;
    found[name] = name === 'features' && after.length === 0 ? null : after;
  }
  if (draft.correction !== undefined && draft.correction !== (plan.pValueCorrection ?? 'NONE')) found.pValueCorrection = draft.correction === 'NONE' ? null : draft.correction;
  const schedule = draft.schedule?.trim();
  if (schedule !== undefined && schedule !== (plan.schedule ?? '')) found.schedule = schedule || null;
  return found;
}

function sameNames(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((each) => other.includes(each));
}
