import { Panel } from '../../components/Panel';
import { graphql, readFragment, type FragmentType } from '../../gql';
import { DistributionChart } from './DistributionChart';
import { biasSentence } from './biasSentence';

export const NumbersFigures = graphql(`
  fragment NumbersFigures on PredictedNumbers {
    unit
    errors {
      labels
      baseline
      current
    }
    errorSpread {
      ...SpreadFigures
    }
    baselineErrorSpread {
      ...SpreadFigures
    }
    attributes {
      ...AttributeNumbersFigures
    }
  }
`);

/** Of a model that predicts numbers: which way it errs, and how far. */
export function NumbersPanel({ numbers: masked, window }: { numbers: FragmentType<typeof NumbersFigures> | null | undefined; window: string }) {
  const numbers = readFragment(NumbersFigures, masked);
  if (!numbers) return null;
  return (
    <>
      <Panel title="Which way it errs" note={`Labels less their predictions. ${window}.`}>
        <p>{biasSentence(numbers)}</p>
      </Panel>
      <DistributionChart
        feature={`How far labels lie above predictions${numbers.unit ? `, in ${numbers.unit}` : ''},`}
        distribution={numbers.errors}
        reason="No labels have come in for this window."
      />
    </>
  );
}
