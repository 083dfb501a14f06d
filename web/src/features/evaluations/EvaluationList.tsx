import { Button, Table } from '@mantine/core';
import { useState } from 'react';
import { MeaningMark } from '../../components/Meaning';
import { EVALUATION_STATES } from '../../components/meanings';
import { Panel } from '../../components/Panel';
import { PlaceLink } from '../../components/PlaceLink';
import { paths } from '../../components/paths';
import { Empty, Loaded, LoadingRows } from '../../components/states';
import { Time } from '../../components/Time';
import { useAsOf, useParam } from '../../components/useAsOf';
import { useKeptQuery } from '../../components/useKeptQuery';
import { useRefresh } from '../../components/useRefresh';
import { graphql } from '../../gql';
import { count, share, words } from '../../lib/format';
import { windowText } from '../../lib/time';
import { BackfillDialog } from './BackfillDialog';
import { BackfillLine } from './BackfillLine';
import { ProgressShare } from './ProgressLine';
import { RequestDialog } from './RequestDialog';

const PAGE = 30;
const REFRESH_MILLISECONDS = 5_000;

const Evaluations = graphql(`
  query Evaluations($id: ID!, $first: Int!, $after: Cursor, $asOf: AsOf) {
    model(id: $id, asOf: $asOf) {
      id
      evaluations(first: $first, after: $after) {
        totalCount
        pageInfo {
          hasNextPage
          endCursor
        }
        nodes {
          id
          state
          cause
          requestedAt
          windowStart
          windowEnd
          rows
          passed
          failed
          inconclusive
          progress {
            ...ProgressFigures
          }
          version {
            id
            tag
          }
          score {
            value
          }
        }
      }
    }
  }
`);

/** Every recorded evaluation of a model, newest first; each opens with its evidence. */
export function EvaluationsTab({ modelId, mayAsk }: { modelId: string; mayAsk: boolean }) {
  const { asOf } = useAsOf();
  const [after, setAfter] = useParam('after');
  const [isAsking, setAsking] = useState<'window' | 'history' | null>(null);
  const [asked, setAsked] = useState(0);
  const [result, readAgain] = useKeptQuery({ query: Evaluations, variables: { id: modelId, first: PAGE, after: after || null, asOf } });
  useRefresh(readAgain, asOf === null && after === '' ? REFRESH_MILLISECONDS : null);
  const page = result.data?.model?.evaluations;
  const newest = page?.nodes[0];
  return (
    <Panel
      title="Recorded evaluations"
      note={page ? `${count(page.totalCount)} recorded. Each keeps its specification and the digest of the rows that it read.` : undefined}
      actions={mayAsk && (
        <>
          <Button size="xs" variant="default" onClick={() => setAsking('history')} disabled={!newest}>Measure history…</Button>
          <Button size="xs" onClick={() => setAsking('window')} disabled={!newest}>Evaluate a window…</Button>
        </>
      )}
      isFlush
    >
      {newest && <BackfillLine key={`${newest.version.id} ${asked}`} version={newest.version} mayCancel={mayAsk} />}
      <Loaded
        what="The evaluations"
        result={result}
        onRetry={() => readAgain({ requestPolicy: 'network-only' })}
        loading={<div style={{ padding: 16 }}><LoadingRows rows={8} /></div>}
        isEmpty={() => page?.nodes.length === 0}
        empty={<div style={{ padding: 16 }}><Empty title="No evaluation has been recorded">One is recorded when a window closes, when somebody asks, and when the live score moves.</Empty></div>}
      >
        {() => (
          <>
            <Table verticalSpacing={6} highlightOnHover style={{ minWidth: 860 }}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Window</Table.Th>
                  <Table.Th>Version</Table.Th>
                  <Table.Th>State</Table.Th>
                  <Table.Th>Why</Table.Th>
                  <Table.Th className="figures">Trust</Table.Th>
                  <Table.Th className="figures">Failed</Table.Th>
                  <Table.Th className="figures">Inconclusive</Table.Th>
                  <Table.Th className="figures">Passed</Table.Th>
                  <Table.Th className="figures">Rows</Table.Th>
                  <Table.Th>Requested</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {page?.nodes.map((each) => (
                  <Table.Tr key={each.id}>
                    <Table.Td style={{ whiteSpace: 'nowrap' }}><PlaceLink to={paths.evaluation(each.id)}>{windowText(each.windowStart, each.windowEnd)}</PlaceLink></Table.Td>
                    <Table.Td>{each.version.tag}</Table.Td>
                    <Table.Td><MeaningMark isQuiet meaning={EVALUATION_STATES[each.state].meaning}>{EVALUATION_STATES[each.state].word}</MeaningMark> <ProgressShare progress={each.progress} /></Table.Td>
                    <Table.Td>{words(each.cause)}</Table.Td>
                    <Table.Td className="figures">{share(each.score?.value)}</Table.Td>
                    <Table.Td className="figures">{count(each.failed)}</Table.Td>
                    <Table.Td className="figures">{count(each.inconclusive)}</Table.Td>
                    <Table.Td className="figures">{count(each.passed)}</Table.Td>
                    <Table.Td className="figures">{count(each.rows)}</Table.Td>
                    <Table.Td><Time at={each.requestedAt} /></Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
            <div style={{ display: 'flex', gap: 8, padding: 12 }}>
              <Button size="xs" variant="default" disabled={after === ''} onClick={() => setAfter('')}>Newest</Button>
              <Button size="xs" variant="default" disabled={!page?.pageInfo.hasNextPage} onClick={() => setAfter(page?.pageInfo.endCursor ?? '')}>Older</Button>
            </div>
          </>
        )}
      </Loaded>
      {newest && isAsking === 'history' && (
        <BackfillDialog
          onClose={() => setAsking(null)}
          onDone={() => {
            setAsked(asked + 1);
            readAgain({ requestPolicy: 'network-only' });
          }}
          version={newest.version}
        />
      )}
      {newest && isAsking === 'window' && (
        <RequestDialog
          onClose={() => setAsking(null)}
          version={newest.version}
          windowStart={newest.windowStart}
          windowEnd={newest.windowEnd}
        />
      )}
    </Panel>
  );
}
