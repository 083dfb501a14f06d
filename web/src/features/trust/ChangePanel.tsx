import { Select } from '@mantine/core';
import { Panel } from '../../components/Panel';
import { Empty, Loaded, LoadingBlock } from '../../components/states';
import { useAsOf, useParam } from '../../components/useAsOf';
import { useKeptQuery } from '../../components/useKeptQuery';
import { graphql } from '../../gql';
import { share } from '../../lib/format';
import { exactMoment } from '../../lib/time';
import { ChangeBars } from './ChangeBars';
import type { TrustPoint } from './history';

const TrustChange = graphql(`
  query TrustChange($id: ID!, $since: Position, $asOf: AsOf) {
    model(id: $id, asOf: $asOf) {
      id
      trust {
        position
        changedBecause(since: $since) {
          ...ChangeFigures
        }
      }
    }
  }
`);

const OFFERED = 30;

/** Why the recorded score is another than an earlier one: what each component, and each part of it, did to it. */
export function ChangePanel({ modelId, points, newest }: {
  modelId: string;
  points: readonly TrustPoint[];
  /** The position of the newest recorded score: with another one the answer is another. */
  newest: string | null;
}) {
  const { asOf } = useAsOf();
  const [since, setSince] = useParam('since');
  const [result, readAgain] = useKeptQuery({
    query: TrustChange,
    variables: { id: modelId, since: since === '' ? null : since, asOf: asOf ?? newest },
  });
  const retry = () => readAgain({ requestPolicy: 'network-only' });
  const change = result.data?.model?.trust?.changedBecause;
  const earlier = points.filter((point) => point.position !== newest).toReversed().slice(0, OFFERED);
  return (
    <Panel
      title="Why it changed"
      note="What each component did to the recorded score. The bars sum to the change."
      actions={
        <Select
          size="xs"
          aria-label="Compare with the score of"
          placeholder="The score before"
          value={since === '' ? null : since}
          onChange={(value) => setSince(value ?? '')}
          clearable
          data={earlier.map((point) => ({ value: point.position, label: `${exactMoment(point.recordedAt)}, ${share(point.value)}` }))}
        />
      }
    >
      <Loaded
        what="Why trust changed"
        result={result}
        onRetry={retry}
        loading={<LoadingBlock height={160} />}
        isEmpty={() => change === null || change === undefined}
        empty={<Empty title="There is no earlier score to compare with">With the second recorded score it says what moved it.</Empty>}
      >
        {() => change && <ChangeBars change={change} />}
      </Loaded>
    </Panel>
  );
}
