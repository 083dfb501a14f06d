import { useKeptQuery } from '../../components/useKeptQuery';
import { graphql } from '../../gql';
import { measureName } from '../../lib/format';

const PlannedMeasures = graphql(`
  query PlannedMeasures {
    measures {
      name
      title
      canBePlanned
    }
  }
`);

/** The measures that a plan may name, and what each is called. */
export function usePlannedMeasures(): { further: readonly { name: string; title: string }[]; titleOf: (name: string) => string } {
  const [{ data }] = useKeptQuery({ query: PlannedMeasures, requestPolicy: 'cache-first' });
  const measures = data?.measures ?? [];
  return {
    further: measures.filter((each) => each.canBePlanned),
    titleOf: (name) => measures.find((each) => each.name === name)?.title ?? measureName(name),
  };
}
