import { Table } from '@mantine/core';
import { MeaningMark, type Meaning } from '../../components/Meaning';
import { Loaded, LoadingRows } from '../../components/states';
import { Time } from '../../components/Time';
import { useAsOf } from '../../components/useAsOf';
import { useKeptQuery } from '../../components/useKeptQuery';
import { graphql } from '../../gql';
import { count, words } from '../../lib/format';
import classes from './alerts.module.css';

const Deliveries = graphql(`
  query Deliveries($alertId: ID!, $asOf: AsOf) {
    deliveries(alertId: $alertId, first: 50, asOf: $asOf) {
      nodes {
        id
        endpoint
        what
        state
        attempts
        lastAttemptAt
        lastStatus
        lastError
        nextAttemptAt
      }
    }
  }
`);

const MEANINGS: Record<'PENDING' | 'DELIVERED' | 'FAILED', Meaning> = { PENDING: 'watch', DELIVERED: 'good', FAILED: 'bad' };

/** Where the alert was told, and whether it arrived. */
export function DeliveryLog({ alertId }: { alertId: string }) {
  const { asOf } = useAsOf();
  const [result, readAgain] = useKeptQuery({ query: Deliveries, variables: { alertId, asOf } });
  return (
    <section className={classes.deliveries}>
      <h3>Deliveries</h3>
      <Loaded
        what="The delivery log"
        result={result}
        onRetry={() => readAgain({ requestPolicy: 'network-only' })}
        loading={<LoadingRows rows={2} />}
        isEmpty={(data) => data.deliveries.nodes.length === 0}
        empty={<p className="dim">Told nowhere but here: the project has no webhook.</p>}
      >
        {(data) => (
          <div style={{ overflowX: 'auto' }}>
            <Table verticalSpacing={4}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>State</Table.Th>
                  <Table.Th>Where</Table.Th>
                  <Table.Th className="figures">Attempts</Table.Th>
                  <Table.Th>Last answer</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {data.deliveries.nodes.map((each) => (
                  <Table.Tr key={each.id}>
                    <Table.Td><MeaningMark isQuiet meaning={MEANINGS[each.state]}>{words(each.state)}</MeaningMark></Table.Td>
                    <Table.Td style={{ overflowWrap: 'anywhere' }}>{each.endpoint}<div className="dim small">{words(each.what)}</div></Table.Td>
                    <Table.Td className="figures">{count(each.attempts)}</Table.Td>
                    <Table.Td>
                      {each.lastStatus ?? ''} {each.lastError ?? ''}
                      <div className="dim small">
                        <Time at={each.lastAttemptAt} />{each.nextAttemptAt && <>; next <Time at={each.nextAttemptAt} isExact /></>}
                      </div>
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </div>
        )}
      </Loaded>
    </section>
  );
}
