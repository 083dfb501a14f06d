import { Button, Progress } from '@mantine/core';
import { useState } from 'react';
import { useAsOf } from '../../components/useAsOf';
import { useKeptQuery } from '../../components/useKeptQuery';
import { useRefresh } from '../../components/useRefresh';
import { graphql } from '../../gql';
import { backfillText } from './backfillText';
import { CancelBackfillDialog } from './CancelBackfillDialog';

const BackfillsOfVersion = graphql(`
  query BackfillsOfVersion($id: ID!, $asOf: AsOf) {
    version(id: $id, asOf: $asOf) {
      id
      plan {
        id
        backfills {
          id
          windows
          completed
          failed
          cancelled
          notAskedFor
          isOver
        }
      }
    }
  }
`);

const REFRESH_MILLISECONDS = 2_000;

/** How far the history of a version is measured; nothing once it is, or where nobody asked for it. */
export function BackfillLine({ version, mayCancel }: { version: { id: string; tag: string }; mayCancel: boolean }) {
  const [cancelling, setCancelling] = useState<string | null>(null);
  const { asOf } = useAsOf();
  const [result, readAgain] = useKeptQuery({ query: BackfillsOfVersion, variables: { id: version.id, asOf } });
  const underWay = (result.data?.version?.plan?.backfills ?? []).filter((each) => !each.isOver);
  useRefresh(readAgain, asOf === null && underWay.length > 0 ? REFRESH_MILLISECONDS : null);
  return (
    <>
      {underWay.map((each) => (
        <div key={each.id} style={{ padding: '8px 16px' }}>
          <p className="small">
            {backfillText(version.tag, each)}{' '}
            {mayCancel && <Button size="compact-xs" variant="default" onClick={() => setCancelling(each.id)}>Stop it…</Button>}
          </p>
          <Progress size="sm" aria-label={`History of ${version.tag}`} value={(100 * (each.completed + each.failed + each.cancelled)) / each.windows} />
        </div>
      ))}
      {cancelling && <CancelBackfillDialog backfillId={cancelling} tag={version.tag} onClose={() => setCancelling(null)} onDone={() => readAgain({ requestPolicy: 'network-only' })} />}
    </>
  );
}
