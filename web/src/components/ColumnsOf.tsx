import { useMemo, type ReactNode } from 'react';
import { graphql } from '../gql';
import { useAsOf } from './useAsOf';
import { ColumnMeanings, type Meanings } from './useColumns';
import { useKeptQuery } from './useKeptQuery';

const ColumnMeaningsOfModel = graphql(`
  query ColumnMeaningsOfModel($id: ID!, $asOf: AsOf) {
    model(id: $id, asOf: $asOf) {
      id
      columns {
        name
        title
        values {
          value
          label
        }
      }
    }
  }
`);

/** What is below knows what the model's columns mean; until that is known, and where nobody has said it, by their names. */
export function ColumnsOf({ modelId, children }: { modelId: string; children: ReactNode }) {
  const { asOf } = useAsOf();
  const [{ data }] = useKeptQuery({ query: ColumnMeaningsOfModel, variables: { id: modelId, asOf } });
  const columns = data?.model?.columns;
  const meanings: Meanings = useMemo(
    () =>
      new Map(
        (columns ?? []).map((each) => [
          each.name,
          { title: each.title, labels: new Map(each.values.map(({ value, label }) => [value, label])) },
        ]),
      ),
    [columns],
  );
  return <ColumnMeanings.Provider value={meanings}>{children}</ColumnMeanings.Provider>;
}
