import type { BusinessValueInput, PlanFiguresFragment } from '../../gql/graphql';

type Worth = PlanFiguresFragment['businessValue'];

/** What each decision is worth, as a form holds it: by label, and within by decision; nothing is sent without a unit and a value. */
export interface WorthDraft {
  unit: string;
  values: readonly (readonly (number | string)[])[];
  least: number | string;
}

/** With more classes a matrix is no form any more; the API takes up to fifty. */
export const MOST_CLASSES = 12;

export function worthDraftOf(classes: readonly string[], worth: Worth | undefined): WorthDraft {
  const value = (label: string, decision: string) => worth?.values[worth.classes.indexOf(label)]?.[worth.classes.indexOf(decision)] ?? '';
  return { unit: worth?.unit ?? '', values: classes.map((label) => classes.map((decision) => value(label, decision))), least: worth?.least ?? '' };
}

/** What is sent: null where everything is empty; a cell that is left empty is worth nothing. */
export function worthOf(classes: readonly string[], draft: WorthDraft): BusinessValueInput | null {
  if (draft.unit.trim() === '' && draft.least === '' && draft.values.every((row) => row.every((each) => each === ''))) return null;
  return {
    unit: draft.unit.trim(),
    classes: [...classes],
    values: draft.values.map((row) => row.map(Number)),
    least: draft.least === '' ? null : Number(draft.least),
  };
}

/** Whether it is what the plan has already. */
export function isTheSameWorth(classes: readonly string[], draft: WorthDraft, worth: Worth | undefined): boolean {
  return JSON.stringify(worthOf(classes, draft)) === JSON.stringify(worthOf(classes, worthDraftOf(classes, worth)));
}

/** Of a plan, in words: "yes decided yes 20, yes decided no −5 EUR". */
export function worthText({ unit, classes, values, least }: NonNullable<Worth>, written: (value: number) => string): string {
  const pairs = classes.flatMap((label, row) => classes.map((decision, column) => `${label} decided ${decision} ${written(values[row]?.[column] ?? 0)}`));
  const said = pairs.length <= 4 ? `${pairs.join(', ')} ${unit}` : `a value for each of ${String(pairs.length)} pairs of label and decision, in ${unit}`;
  return least === null ? said : `${said}; a decision at least ${written(least)}`;
}
