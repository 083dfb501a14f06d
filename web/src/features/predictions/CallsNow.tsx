import { Asked } from '../../components/Asked';
import { Fact } from '../../components/Fact';
import { useLive } from '../../components/useLive';
import { graphql } from '../../gql';
import { count, MISSING, rate, share, significant } from '../../lib/format';

const LiveCalls = graphql(`
  subscription LiveCalls($modelId: ID!) {
    liveNumbers(modelId: $modelId) {
      predictions
      failed
      predictionsPerMinute
      successRate
      reason
      processingTime {
        p50Ms
        p95Ms
        calls
        relativeError
        reason
      }
    }
  }
`);

/** How the calls of the last five minutes went: facts beside those of the intake. */
export function CallsNow({ modelId }: { modelId: string }) {
  const live = useLive({ query: LiveCalls, variables: { modelId } });
  if (live === undefined) return null;
  const { predictions, failed, predictionsPerMinute, successRate, reason, processingTime } = live.liveNumbers;
  const { p50Ms, p95Ms, calls, relativeError } = processingTime;
  return (
    <>
      <Fact name="Predictions a minute">
        <Asked
          answer={{
            title: 'Predictions a minute',
            text: 'Of all versions, by when they came in: this minute and the four before it.',
            lines: [['Predictions', count(predictions)]],
          }}
        >
          {rate(predictionsPerMinute)}
        </Asked>
      </Fact>
      <Fact name="Calls that succeeded">
        <Asked
          answer={{
            title: 'Success rate',
            text: reason ?? 'The share of the calls of the last five minutes that became predictions.',
            lines: [['Predictions', count(predictions)], ['Failed calls', count(failed)]],
          }}
        >
          {share(successRate, 3)}
        </Asked>
      </Fact>
      <Fact name="Processing time">
        <Asked
          answer={{
            title: 'Processing time',
            text: processingTime.reason ?? 'So long took half of the calls of the last five minutes, and 95 in 100 of them, at the most.',
            lines: [
              ['Half', milliseconds(p50Ms)],
              ['95 in 100', milliseconds(p95Ms)],
              ['Calls that told', count(calls)],
              ['Off by at most', `${share(relativeError)} of it`],
            ],
          }}
        >
          {p50Ms === null ? MISSING : `p50 ${milliseconds(p50Ms)}, p95 ${milliseconds(p95Ms)}`}
        </Asked>
      </Fact>
    </>
  );
}

function milliseconds(value: number | null): string {
  return value === null ? MISSING : `${significant(Number(value.toPrecision(2)))} ms`;
}
