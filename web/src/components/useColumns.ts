import { createContext, useContext } from 'react';

/** What people call a column, and what its values stand for. */
export interface Meaning {
  title: string | null;
  labels: ReadonlyMap<string, string>;
}

export type Meanings = ReadonlyMap<string, Meaning>;

export const ColumnMeanings = createContext<Meanings>(new Map());

/** What the columns of the model on this page mean to people. */
export function useColumns(): { titleOf: (column: string) => string; labelOf: (column: string, value: string) => string; valuesOf: (column: string) => string[] } {
  const meanings = useContext(ColumnMeanings);
  return {
    titleOf: (column) => meanings.get(column)?.title ?? column,
    labelOf: (column, value) => meanings.get(column)?.labels.get(value) ?? value,
    /** Those values that somebody has said the meaning of. */
    valuesOf: (column) => [...(meanings.get(column)?.labels.keys() ?? [])],
  };
}
