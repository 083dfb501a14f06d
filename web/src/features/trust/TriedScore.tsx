import { useQuery } from 'urql';
import type { Rules } from '../../components/PolicyDialog';
import { STANDINGS } from '../../components/meanings';
import { graphql } from '../../gql';
import { share } from '../../lib/format';

const TrustIf = graphql(`
  query TrustIf($id: ID!, $policy: PolicyToTryInput!) {
    model(id: $id) {
      id
      trust {
        value
        standing
      }
      trustIf(policy: $policy) {
        value
        standing
        reason
      }
    }
  }
`);

/** What the newest recorded score would be by other rules: told before anybody decides on them. */
export function TriedScore({ modelId, rules }: { modelId: string; rules: Rules }) {
  const [{ data, error, fetching }] = useQuery({ query: TrustIf, variables: { id: modelId, policy: rules } });
  if (fetching) return <p role="status" className="dim">Trying them…</p>; // what is there still speaks of other rules
  const now = data?.model?.trust;
  const then = data?.model?.trustIf;
  if (error) return <p role="status" className="dim">{error.graphQLErrors[0]?.message ?? 'What they would say can not be told just now.'}</p>;
  if (!now || !then) return null;
  return (
    <p role="status">
      The newest recorded score, {share(now.value)}, would be <strong>{share(then.value)}</strong>: {STANDINGS[then.standing].word.toLowerCase()}
      {then.reason === null ? '.' : `. ${then.reason}`}
    </p>
  );
}
