import { Fact, Facts } from '../../components/Fact';
import { Time } from '../../components/Time';
import { useColumns } from '../../components/useColumns';
import { graphql, readFragment, type FragmentType } from '../../gql';
import { count, limit, plural, share, significant, words } from '../../lib/format';
import { actorName } from '../../lib/sentences';
import { sliceText } from '../../lib/sliceText';
import { duration } from '../../lib/time';
import { contrastText } from './contrastDrafts';
import { reasonsByName } from './planReasons';
import { usePlannedMeasures } from './usePlannedMeasures';
import { worthText } from './worthDrafts';

export const PlanFigures = graphql(`
  fragment PlanFigures on MonitoringPlan {
    id
    windowSeconds
    latenessSeconds
    minimumRows
    minimumGroupSize
    confidence
    psiLimit
    distanceLimit
    driftConfidence
    parityRatioLimit
    parityDifferenceLimit
    performanceTolerance
    missingTolerance
    unseenTolerance
    unlikelyTolerance
    clockTolerance
    duplicateTolerance
    violationTolerance
    silenceLimit
    leastLabelShare
    measures
    features
    outputs
    triggers
    schedule
    pValueCorrection
    businessValue {
      unit
      classes
      values
      least
    }
    slices {
      name
      conditions {
        column
        values
        low
        high
      }
    }
    contrasts {
      attribute
      against
      reference
      leastShare
    }
    because {
      field
      because
    }
    changedAt
    changedBy {
      kind
      id
      name
    }
    reason
  }
`);

const CORRECTIONS = { BENJAMINI_HOCHBERG: 'Benjamini and Hochberg', BONFERRONI: 'Bonferroni' } as const;

/** How a version is watched: what decides most at once, every limit on demand. */
export function PlanFacts({ plan: given }: { plan: FragmentType<typeof PlanFigures> }) {
  const plan = readFragment(PlanFigures, given);
  const names = useColumns();
  const { titleOf } = usePlannedMeasures();
  const reasons = reasonsByName(plan.because);
  return (
    <>
      <Facts>
        <Fact name="Window">{duration(plan.windowSeconds)}, closed {duration(plan.latenessSeconds)} later</Fact>
        {plan.schedule !== null && <Fact name="Schedule"><code>{plan.schedule}</code></Fact>}
        <Fact name="Needs">{count(plan.minimumRows)} rows, {count(plan.minimumGroupSize)} a group</Fact>
        <Fact name="Confidence">{limit(plan.confidence)}, of drift {limit(plan.driftConfidence)}</Fact>
        {plan.features !== null && <Fact name="Watches">{plan.features.map(names.titleOf).join(', ')}</Fact>}
        {plan.outputs.length > 0 && <Fact name="And the drift of">{plan.outputs.map((each) => words(each).toLowerCase()).join(', ')}</Fact>}
        {plan.slices.length > 0 && (
          <Fact name="Slices">
            {plan.slices.map((slice) => <div key={slice.name}>{slice.name} <span className="dim small">{sliceText(slice.conditions, names)}</span></div>)}
          </Fact>
        )}
        {plan.contrasts.map((each) => (
          <Fact key={each.attribute} name={`Fairness by ${names.titleOf(each.attribute)}`}>{contrastText(each, (value) => names.labelOf(each.attribute, value))}</Fact>
        ))}
        {plan.measures.length > 0 && <Fact name="Also measures">{plan.measures.map(titleOf).join(', ')}</Fact>}
        {plan.businessValue && <Fact name="A decision is worth">{worthText(plan.businessValue, significant)}</Fact>}
        {plan.pValueCorrection && <Fact name="Corrects p-values by">{CORRECTIONS[plan.pValueCorrection]}</Fact>}
        {plan.leastLabelShare > 0 && <Fact name="Waits for labels of">{share(plan.leastLabelShare)} of the rows</Fact>}
        {plan.changedAt && <Fact name="Changed"><Time at={plan.changedAt} /> by {actorName(plan.changedBy)}</Fact>}
        {plan.reason && <Fact name="Because">{plan.reason}</Fact>}
      </Facts>
      {reasons.length > 0 && (
        <details>
          <summary className="dim small">Why these</summary>
          <Facts>
            {reasons.map(([name, sentences]) => <Fact key={name} name={name}>{sentences.join('; ')}</Fact>)}
          </Facts>
        </details>
      )}
      <details>
        <summary className="dim small">{plural(12, 'limit')}</summary>
        <Facts>
          <Fact name="Drifted from PSI">{limit(plan.psiLimit)}</Fact>
          <Fact name="Drifted from distance">{limit(plan.distanceLimit)}</Fact>
          <Fact name="Least parity ratio">{limit(plan.parityRatioLimit)}</Fact>
          <Fact name="Parity difference below">{limit(plan.parityDifferenceLimit)}</Fact>
          <Fact name="Performance lost, at most">{share(plan.performanceTolerance)}</Fact>
          <Fact name="More missing values">{share(plan.missingTolerance)}</Fact>
          <Fact name="More unseen values">{share(plan.unseenTolerance)}</Fact>
          <Fact name="More unlikely rows">{share(plan.unlikelyTolerance)}</Fact>
          <Fact name="Clocks that run ahead">{share(plan.clockTolerance)}</Fact>
          <Fact name="Duplicates">{share(plan.duplicateTolerance)}</Fact>
          <Fact name="Rows that do not fit">{share(plan.violationTolerance)}</Fact>
          <Fact name="Silence">{share(plan.silenceLimit)} of a window</Fact>
        </Facts>
      </details>
    </>
  );
}
