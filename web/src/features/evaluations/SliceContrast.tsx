import { useColumns } from '../../components/useColumns';
import { graphql, readFragment, type FragmentType } from '../../gql';
import { measureName } from '../../lib/format';
import { contrastSentence } from './contrastSentence';
import { ResultFigures } from './fragments';
import { Judged } from './Judged';
import type { Origin } from './ResultValue';
import { useMeasures } from './useMeasures';

const SliceContrastFigures = graphql(`
  fragment SliceContrastFigures on SliceContrasts {
    passed
    failed
    inconclusive
    results(first: 1) {
      ...ResultFigures
    }
  }
`);

/** The drift or the fairness within a slice: the gravest number, what it is of, and how all are judged; without one, why not. */
export function SliceContrast({ contrasts: masked, without, origin }: {
  contrasts: FragmentType<typeof SliceContrastFigures> | null;
  without: string;
  origin: Origin;
}) {
  const measures = useMeasures();
  const { titleOf } = useColumns();
  if (masked === null) return <span className="dim small">{without}</span>;
  const contrasts = readFragment(SliceContrastFigures, masked);
  const gravest = contrasts.results.map((each) => readFragment(ResultFigures, each)).at(0) ?? null;
  const named = gravest === null ? '' : (measures.get(gravest.measure)?.title ?? measureName(gravest.measure));
  if (gravest !== null && gravest.value === null) {
    return (
      <>
        <div className="dim small">{gravest.reason}</div>
        <div className="dim small">{contrastSentence(contrasts)}</div>
      </>
    );
  }
  return (
    <>
      <Judged result={gravest} origin={origin} />
      <div className="dim small">{gravest?.subject ? `${named}, ${titleOf(gravest.subject)}` : named}</div>
      <div className="dim small">{contrastSentence(contrasts)}</div>
    </>
  );
}
