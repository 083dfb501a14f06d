import { useEffect, useState } from 'react';
import type { CombinedError } from 'urql';
import { graphql } from '../../gql';
import type { LiveMeasuresSubscription, RecordedMeasuresQuery } from '../../gql/graphql';
import { newest } from '../../lib/live';
import { windowText } from '../../lib/time';
import { useAsOf } from '../../components/useAsOf';
import { useKeptQuery } from '../../components/useKeptQuery';
import { useLive } from '../../components/useLive';
import type { Origin } from './ResultValue';

const RecordedMeasures = graphql(`
  query RecordedMeasures($id: ID!, $drift: Boolean!, $fairness: Boolean!, $performance: Boolean!, $numbers: Boolean!, $quality: Boolean!, $asOf: AsOf) {
    model(id: $id, asOf: $asOf) {
      id
      latestEvaluation {
        id
        completedAt
        windowStart
        windowEnd
        driftOfAll @include(if: $drift) {
          ...DriftOfAllFigures
        }
        drift @include(if: $drift) {
          ...DriftFigures
        }
        fairness @include(if: $fairness) {
          ...FairnessFigures
        }
        fairnessResults @include(if: $fairness) {
          ...ResultFigures
        }
        performance @include(if: $performance) {
          ...ResultFigures
        }
        businessValue @include(if: $performance) {
          ...WorthFigures
        }
        predictedNumbers @include(if: $numbers) {
          ...NumbersFigures
        }
        quality @include(if: $quality) {
          ...QualityFigures
        }
      }
    }
  }
`);

const LiveMeasures = graphql(`
  subscription LiveMeasures($modelId: ID!, $drift: Boolean!, $fairness: Boolean!, $performance: Boolean!, $numbers: Boolean!, $quality: Boolean!, $after: Cursor) {
    trustScore(modelId: $modelId, after: $after) {
      cursor
      sequence
      readAt
      windowStart
      windowEnd
      driftOfAll @include(if: $drift) {
        ...DriftOfAllFigures
      }
      drift @include(if: $drift) {
        ...DriftFigures
      }
      fairness @include(if: $fairness) {
        ...FairnessFigures
      }
      fairnessResults @include(if: $fairness) {
        ...ResultFigures
      }
      performance @include(if: $performance) {
        ...ResultFigures
      }
      businessValue @include(if: $performance) {
        ...WorthFigures
      }
      predictedNumbers @include(if: $numbers) {
        ...NumbersFigures
      }
      quality @include(if: $quality) {
        ...QualityFigures
      }
    }
  }
`);

export type Part = 'drift' | 'fairness' | 'performance' | 'quality';

type Live = LiveMeasuresSubscription['trustScore'];
type Recorded = NonNullable<NonNullable<RecordedMeasuresQuery['model']>['latestEvaluation']>;

export interface Reading {
  /** Null: there is neither a live reading nor a recorded evaluation. Undefined: not read yet. */
  measures: Live | Recorded | null | undefined;
  isLive: boolean;
  origin: Origin;
  error: CombinedError | undefined;
  retry: () => void;
}

/** How long the present is waited for before the last record stands in for it. */
const PATIENCE_MILLISECONDS = 1_500;

/** One part of what is measured of a model: live now, the recorded evaluation in the past or where nothing is live. */
export function useReading(modelId: string, part: Part): Reading {
  const { asOf } = useAsOf();
  const isPast = asOf !== null;
  const parts = { drift: part === 'drift', fairness: part === 'fairness', performance: part === 'performance', numbers: part === 'performance' || part === 'fairness', quality: part === 'quality' };
  const [recorded, readAgain] = useKeptQuery({ query: RecordedMeasures, variables: { id: modelId, asOf, ...parts } });
  const live = useLive(
    { query: LiveMeasures, variables: { modelId, ...parts }, pause: isPast },
    (shown: LiveMeasuresSubscription | undefined, arrived) => ({
      ...arrived,
      trustScore: newest(shown?.trustScore, arrived.trustScore),
    }),
  );
  const [isPatient, setPatient] = useState(true);
  useEffect(() => {
    const timer = setTimeout(() => setPatient(false), PATIENCE_MILLISECONDS);
    return () => clearTimeout(timer);
  }, []);

  const retry = () => readAgain({ requestPolicy: 'network-only' });
  const present = isPast ? undefined : live?.trustScore;
  if (present !== undefined) {
    const window = `Live, window ${windowText(present.windowStart, present.windowEnd)}`;
    return { measures: present, isLive: true, origin: { evaluationId: null, window }, error: undefined, retry };
  }
  const evaluation = recorded.data?.model?.latestEvaluation;
  const isWaiting = recorded.data === undefined || (!isPast && isPatient && !recorded.error);
  return {
    measures: isWaiting ? undefined : (evaluation ?? null),
    isLive: false,
    origin: {
      evaluationId: evaluation?.id ?? null,
      window: evaluation ? `Recorded, window ${windowText(evaluation.windowStart, evaluation.windowEnd)}` : '',
    },
    error: recorded.error,
    retry,
  };
}
