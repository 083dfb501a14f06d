import type { RowFilter } from '../../../gql/graphql';
import { timeOf } from '../../../lib/time';

/** What is looked for, as the address has it. */
export const NAMES = ['row', 'decision', 'from', 'to', 'column', 'is', 'value'] as const;
export type Name = (typeof NAMES)[number];

export interface Column {
  name: string;
  kind: 'NUMBER' | 'CATEGORY';
}

export const CONDITIONS: Record<Column['kind'], readonly (readonly [value: string, label: string])[]> = {
  NUMBER: [['missing', 'is missing'], ['there', 'is there'], ['least', 'is at least'], ['most', 'is at most']],
  CATEGORY: [['missing', 'is missing'], ['there', 'is there'], ['equal', 'is']],
};

/** The filter that the address tells; a part that means nothing, such as half a condition, is not yet looked for. */
export function filterOf(text: (name: Name) => string, columns: readonly Column[]): RowFilter {
  const column = columns.find(({ name }) => name === text('column'));
  return {
    predictionId: text('row') || null,
    decision: text('decision') || null,
    from: timeOf(text('from')),
    to: timeOf(text('to')),
    columns: column ? conditionOf(column, text('is'), text('value')) : null,
  };
}

function conditionOf({ name, kind }: Column, is: string, value: string): RowFilter['columns'] {
  if (is === 'missing' || is === 'there') return [{ column: name, isMissing: is === 'missing' }];
  if (value === '') return null;
  if (kind === 'CATEGORY') return is === 'equal' ? [{ column: name, oneOf: [value] }] : null;
  const number = Number(value);
  if (!Number.isFinite(number)) return null;
  if (is === 'least') return [{ column: name, atLeast: number }];
  return is === 'most' ? [{ column: name, atMost: number }] : null;
}
