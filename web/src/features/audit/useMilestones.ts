import { useState } from 'react';
import { useClient, type CombinedError } from 'urql';
import { useKeptQuery } from '../../components/useKeptQuery';
import { useRefresh } from '../../components/useRefresh';
import { graphql } from '../../gql';
import type { MilestonesQuery } from '../../gql/graphql';

const PAGE = 100;
const REFRESH_MILLISECONDS = 10_000;

const Milestones = graphql(`
  query Milestones($id: ID!, $first: Int!, $afterEvaluation: Cursor, $afterAlert: Cursor, $asOf: AsOf) {
    model(id: $id, asOf: $asOf) {
      id
      marks {
        position
        recordedAt
        text
      }
      evaluations(first: $first, after: $afterEvaluation) {
        pageInfo {
          hasNextPage
          endCursor
        }
        nodes {
          id
          state
          cause
          requestedAt
          completedAt
          windowStart
          windowEnd
          score {
            value
            standing
          }
        }
      }
      alerts(first: $first, after: $afterAlert) {
        pageInfo {
          hasNextPage
          endCursor
        }
        nodes {
          id
          raisedAt
          resolvedAt
          sentence
        }
      }
    }
  }
`);

type Model = NonNullable<MilestonesQuery['model']>;

/** What was read of a model's story, with older pages behind the newest. Where those are shown, the newest stay as they were read. */
export function useMilestones(modelId: string, asOf: string | null) {
  const client = useClient();
  const variables = { id: modelId, first: PAGE, asOf };
  const about = JSON.stringify(variables);
  const [result, readAgain] = useKeptQuery({ query: Milestones, variables });
  const [grown, setGrown] = useState<{ of: string; model: Model } | null>(null);
  const [older, setOlder] = useState<{ isReading: boolean; error: CombinedError | undefined }>({ isReading: false, error: undefined });
  const model = grown?.of === about ? grown.model : (result.data?.model ?? null);
  useRefresh(readAgain, asOf === null && grown === null ? REFRESH_MILLISECONDS : null);
  const readOlder = async () => {
    if (model === null) return;
    setOlder({ isReading: true, error: undefined });
    const { evaluations, alerts } = model;
    const { data, error } = await client
      .query(Milestones, { ...variables, afterEvaluation: evaluations.pageInfo.endCursor, afterAlert: alerts.pageInfo.endCursor }, { requestPolicy: 'network-only' })
      .toPromise();
    setOlder({ isReading: false, error });
    if (data?.model) setGrown({ of: about, model: { ...model, evaluations: longer(evaluations, data.model.evaluations), alerts: longer(alerts, data.model.alerts) } });
  };
  return {
    result,
    model,
    older,
    readOlder,
    isGrown: model !== null && grown?.model === model,
    readNewest: () => {
      setGrown(null);
      readAgain({ requestPolicy: 'network-only' });
    },
  };
}

interface Page<Node> {
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
  nodes: Node[];
}

/** A list with its next page. One that was at its end stays there: asked for what follows, it has nothing to say. */
export function longer<Node>(list: Page<Node>, next: Page<Node>): Page<Node> {
  return list.pageInfo.hasNextPage ? { pageInfo: next.pageInfo, nodes: [...list.nodes, ...next.nodes] } : list;
}

/**
 * Since when everything that happened is among what was read: the newest of the ends of those lists that go on. Null is
 * since ever.
 */
export function wholeSince(model: Pick<Model, 'evaluations' | 'alerts'>): string | null {
  const ends = [
    model.evaluations.pageInfo.hasNextPage ? model.evaluations.nodes.at(-1)?.requestedAt : undefined,
    model.alerts.pageInfo.hasNextPage ? model.alerts.nodes.at(-1)?.raisedAt : undefined,
  ].filter((each) => each !== undefined);
  return ends.toSorted((left, right) => Date.parse(right) - Date.parse(left))[0] ?? null;
}
