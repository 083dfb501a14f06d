import { Progress } from '@mantine/core';
import { useAsOf } from '../../components/useAsOf';
import { useKeptQuery } from '../../components/useKeptQuery';
import { useRefresh } from '../../components/useRefresh';
import { graphql } from '../../gql';
import { backfillText } from './backfillText';

const BackfillsOfVersion = graphql(`
  query BackfillsOfVersion($id: ID!, $asOf: AsOf) {
    version(id: $id, asOf: $asOf) {
      id
      plan {
        id
        backfills {
          position
          windows
          completed
          failed
          cancelled
          isOver
        }
      }
    }
  }
`);

const REFRESH_MILLISECONDS = 2_000;

/** How far the history of a version is measured; nothing once it is, or where nobody asked for it. */
export function BackfillLine({ version }: { version: { id: string; tag: string } }) {
  const { asOf } = useAsOf();
  const [result, readAgain] = useKeptQuery({ query: BackfillsOfVersion, variables: { id: version.id, asOf } });
  const underWay = (result.data?.version?.plan?.backfills ?? []).filter((each) => !each.isOver);
  useRefresh(readAgain, asOf === null && underWay.length > 0 ? REFRESH_MILLISECONDS : null);
  return (
    <>
      {underWay.map((each) => (
        <div key={each.position} style={{ padding: '8px 16px' }}>
          <p className="small">{backfillText(version.tag, each)}</p>
          <Progress size="sm" aria-label={`History of ${version.tag}`} value={(100 * (each.completed + each.failed + each.cancelled)) / each.windows} />
        </div>
      ))}
    </>
  );
}
