import type { PlanFiguresFragment, SliceInput } from '../../gql/graphql';

export const MOST_SLICES = 20;
export const MOST_CONDITIONS = 3;

/** A column, as a condition on it is written. */
export interface SliceColumn {
  name: string;
  kind: 'NUMBER' | 'CATEGORY';
  categories: readonly string[] | null;
}

export interface ConditionDraft {
  column: string | null;
  values: string[];
  low: number | string;
  high: number | string;
}

/** A slice as a form holds it; the key tells it from the others while it is written. */
export interface SliceDraft {
  key: number;
  name: string;
  conditions: ConditionDraft[];
}

export const EMPTY_CONDITION: ConditionDraft = { column: null, values: [], low: '', high: '' };

/** The plan's slices, to be written on. */
export function draftsOf(slices: PlanFiguresFragment['slices']): SliceDraft[] {
  return slices.map((slice, key) => ({
    key,
    name: slice.name,
    conditions: slice.conditions.map(({ column, values, low, high }) => ({ column, values: [...(values ?? [])], low: low ?? '', high: high ?? '' })),
  }));
}

/** One more, of which nothing is said yet. */
export function withAnother(drafts: readonly SliceDraft[]): SliceDraft[] {
  const key = Math.max(-1, ...drafts.map((each) => each.key)) + 1;
  return [...drafts, { key, name: '', conditions: [EMPTY_CONDITION] }];
}

/** What is sent: of a number its ends, of anything else its categories. */
export function slicesOf(drafts: readonly SliceDraft[], columns: readonly SliceColumn[]): SliceInput[] {
  const kinds = new Map(columns.map((column) => [column.name, column.kind]));
  return drafts.map(({ name, conditions }) => ({
    name: name.trim(),
    conditions: conditions.map(({ column, values, low, high }) =>
      kinds.get(column ?? '') === 'NUMBER' ? { column: column ?? '', low: end(low), high: end(high) } : { column: column ?? '', values },
    ),
  }));
}

/** Whether they are those that the plan has already. */
export function areTheSame(drafts: readonly SliceDraft[], slices: PlanFiguresFragment['slices']): boolean {
  const bare = (all: readonly SliceDraft[]) => JSON.stringify(all.map(({ name, conditions }) => [name.trim(), conditions.map(({ column, values, low, high }) => [column, values, end(low), end(high)])]));
  return bare(drafts) === bare(draftsOf(slices));
}

function end(written: number | string): number | null {
  return written === '' || !Number.isFinite(Number(written)) ? null : Number(written);
}
