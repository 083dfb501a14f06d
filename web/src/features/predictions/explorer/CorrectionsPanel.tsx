import { Button, Table } from '@mantine/core';
import { Panel } from '../../../components/Panel';
import { Failing } from '../../../components/states';
import { Time } from '../../../components/Time';
import { usePages } from '../../../components/usePages';
import { graphql } from '../../../gql';
import classes from './explorer.module.css';

const PAGE = 20;

const LabelCorrections = graphql(`
  query LabelCorrections($id: ID!, $first: Int!, $after: Cursor, $asOf: AsOf) {
    version(id: $id, asOf: $asOf) {
      id
      labelCorrections(first: $first, after: $after) {
        pageInfo {
          hasNextPage
          endCursor
        }
        nodes {
          predictionId
          predictedAt
          before
          after
          reason
          recordedAt
          by {
            name
          }
        }
      }
    }
  }
`);

const NOTHING = { nodes: [], pageInfo: { hasNextPage: false } };

/** Labels that were replaced by others, where there are any: by whom, and why. */
export function CorrectionsPanel({ versionId, asOf }: { versionId: string; asOf: string | null }) {
  const pages = usePages(
    LabelCorrections,
    { id: versionId, first: PAGE, after: null, asOf },
    ({ version }) => version?.labelCorrections ?? NOTHING,
    asOf !== null,
  );
  if (pages.error && pages.nodes === undefined) return <Failing what="The corrected labels" error={pages.error} onRetry={pages.retry} />;
  if (!pages.nodes || pages.nodes.length === 0) return null;
  return (
    <Panel title="Corrected labels" note="Each label that another has replaced. Evaluations that were recorded before stay as they are." isFlush>
      <Table verticalSpacing={4} style={{ minWidth: 640 }}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Prediction</Table.Th>
            <Table.Th>Made</Table.Th>
            <Table.Th>From</Table.Th>
            <Table.Th>To</Table.Th>
            <Table.Th>Why</Table.Th>
            <Table.Th>By</Table.Th>
            <Table.Th>Recorded</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {pages.nodes.map((each) => (
            <Table.Tr key={`${each.predictionId} ${each.recordedAt} ${each.before}`}>
              <Table.Td>{each.predictionId}</Table.Td>
              <Table.Td><Time at={each.predictedAt} isExact /></Table.Td>
              <Table.Td>{each.before}</Table.Td>
              <Table.Td>{each.after}</Table.Td>
              <Table.Td>{each.reason ?? <span className="dim">no reason was given</span>}</Table.Td>
              <Table.Td>{each.by?.name ?? <span className="dim">–</span>}</Table.Td>
              <Table.Td><Time at={each.recordedAt} /></Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {pages.hasMore && <div className={classes.more}><Button size="xs" variant="default" loading={pages.isReadingMore} onClick={pages.readMore}>Older ones</Button></div>}
    </Panel>
  );
}
