import { significant } from './format';

export interface SliceCondition {
  column: string;
  values: readonly string[] | null;
  low: number | null;
  high: number | null;
}

export interface SliceNames {
  titleOf: (column: string) => string;
  labelOf: (column: string, value: string) => string;
}

const AS_WRITTEN: SliceNames = { titleOf: (column) => column, labelOf: (_, value) => value };

/** Which rows a slice is made of: "Sex is female, Age in years is at least 18 and below 25". */
export function sliceText(conditions: readonly SliceCondition[], names: SliceNames = AS_WRITTEN): string {
  return conditions.map((condition) => `${names.titleOf(condition.column)} is ${meant(condition, names)}`).join(', ');
}

function meant({ column, values, low, high }: SliceCondition, names: SliceNames): string {
  if (values !== null) {
    const labels = values.map((value) => names.labelOf(column, value));
    const last = labels.at(-1) ?? '';
    return labels.length < 2 ? last : `${labels.slice(0, -1).join(', ')} or ${last}`;
  }
  if (low === null) return `below ${significant(high)}`;
  return high === null ? `${significant(low)} or more` : `at least ${significant(low)} and below ${significant(high)}`;
}
