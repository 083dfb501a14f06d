import { graphql } from '../../gql';
import type { MeasureCatalogQuery } from '../../gql/graphql';
import { useKeptQuery } from '../../components/useKeptQuery';

const MeasureCatalog = graphql(`
  query MeasureCatalog {
    measures {
      name
      title
      meaning
      family
      betterWhen
      source
      version
    }
  }
`);

export type Measure = MeasureCatalogQuery['measures'][number];

/** The catalog by name: what each measure is called and means. */
export function useMeasures(): ReadonlyMap<string, Measure> {
  const [{ data }] = useKeptQuery({ query: MeasureCatalog, requestPolicy: 'cache-first' });
  return new Map((data?.measures ?? []).map((measure) => [measure.name, measure]));
}
