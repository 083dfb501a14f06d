import type { ReactNode } from 'react';
import { Empty, Failing, LoadingBlock } from '../../components/states';
import { useAsOf } from '../../components/useAsOf';
import { readFragment } from '../../gql';
import { DriftFigures, FairnessFigures, QualityFigures, ResultFigures } from './fragments';
import { DriftHistory } from './DriftHistory';
import { DriftOfAllPanel } from './DriftOfAllPanel';
import { DriftView } from './DriftView';
import { FairnessView } from './FairnessView';
import { LatestCurves } from './LatestCurves';
import { LatestIntersections } from './LatestIntersections';
import { LatestSlices } from './LatestSlices';
import { LatestWeakest } from './LatestWeakest';
import { NumbersFairness } from './NumbersFairness';
import { NumbersFigures, NumbersPanel } from './NumbersPanel';
import { PerformanceView } from './PerformanceView';
import { QualityView } from './QualityView';
import { WorthPanel } from './WorthPanel';
import { RealisedHistory } from './RealisedHistory';
import { SlicesNow } from './SlicesNow';
import { useReading, type Part, type Reading } from './useReading';

export function DriftTab({ modelId }: { modelId: string }) {
  return (
    <ReadingStates modelId={modelId} part="drift" what="Drift">
      {({ measures, origin }) => (
        <>
          <DriftOfAllPanel given={measures?.driftOfAll} origin={origin} />
          <DriftView drift={readFragment(DriftFigures, measures?.drift ?? [])} origin={origin} />
          <DriftHistory modelId={modelId} />
        </>
      )}
    </ReadingStates>
  );
}

export function FairnessTab({ modelId }: { modelId: string }) {
  return (
    <ReadingStates modelId={modelId} part="fairness" what="Fairness">
      {({ measures, origin }) => (
        <>
          {measures?.predictedNumbers ? (
            <NumbersFairness numbers={readFragment(NumbersFigures, measures.predictedNumbers)} results={readFragment(ResultFigures, measures.fairnessResults ?? [])} origin={origin} />
          ) : (
            <>
              <FairnessView fairness={readFragment(FairnessFigures, measures?.fairness ?? [])} results={readFragment(ResultFigures, measures?.fairnessResults ?? [])} origin={origin} />
              <LatestIntersections modelId={modelId} />
            </>
          )}
        </>
      )}
    </ReadingStates>
  );
}

export function PerformanceTab({ modelId }: { modelId: string }) {
  return (
    <ReadingStates modelId={modelId} part="performance" what="Performance">
      {({ measures, origin }) => (
        <>
          <PerformanceView performance={readFragment(ResultFigures, measures?.performance ?? [])} origin={origin} />
          <WorthPanel given={measures?.businessValue} origin={origin} />
          <NumbersPanel numbers={measures?.predictedNumbers} window={origin.window} />
          <RealisedHistory modelId={modelId} />
          {!measures?.predictedNumbers && <LatestCurves modelId={modelId} />}
          <LatestSlices modelId={modelId} />
          <SlicesNow modelId={modelId} />
          <LatestWeakest modelId={modelId} />
        </>
      )}
    </ReadingStates>
  );
}

export function QualityTab({ modelId }: { modelId: string }) {
  return (
    <ReadingStates modelId={modelId} part="quality" what="Data quality">
      {({ measures, origin }) => <QualityView quality={readFragment(QualityFigures, measures?.quality) ?? null} origin={origin} />}
    </ReadingStates>
  );
}

function ReadingStates({ modelId, part, what, children }: {
  modelId: string;
  part: Part;
  what: string;
  children: (reading: Reading) => ReactNode;
}) {
  const { asOf } = useAsOf();
  const reading = useReading(modelId, part);
  if (reading.measures) return <div style={{ display: 'grid', gap: 16 }}>{children(reading)}</div>;
  if (reading.error) return <Failing what={what} error={reading.error} onRetry={reading.retry} />;
  if (reading.measures === undefined) return <LoadingBlock height={360} />;
  return (
    <Empty title={asOf === null ? 'Nothing has been measured yet' : 'Nothing had been measured by then'}>
      {asOf === null && 'It is measured as soon as a version with a baseline serves and its predictions come in.'}
    </Empty>
  );
}
