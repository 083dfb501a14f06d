import { useEffect } from 'react';
import { Table, UnstyledButton } from '@mantine/core';
import { Choice } from '../../components/Choice';
import { MeaningMark } from '../../components/Meaning';
import { ALERT_STATES } from '../../components/meanings';
import { Panel } from '../../components/Panel';
import { PlaceLink } from '../../components/PlaceLink';
import { paths } from '../../components/paths';
import { Empty, Loaded, LoadingRows } from '../../components/states';
import { Age } from '../../components/Time';
import { useAsOf, useParam } from '../../components/useAsOf';
import { useKeptQuery } from '../../components/useKeptQuery';
import { useProject } from '../../components/useProject';
import { useLive } from '../../components/useLive';
import { graphql, readFragment } from '../../gql';
import type { AlertState } from '../../gql/graphql';
import { count } from '../../lib/format';
import { AlertDetail } from './AlertDetail';
import { AlertFigures } from './fragments';
import classes from './alerts.module.css';

const PAGE = 100;

const AlertsOf = graphql(`
  query AlertsOf($first: Int!, $filter: AlertFilter, $asOf: AsOf) {
    alerts(first: $first, filter: $filter, asOf: $asOf) {
      totalCount
      nodes {
        id
        ...AlertFigures
      }
    }
  }
`);

const AlertMoved = graphql(`
  subscription AlertMoved($after: Cursor) {
    alerts(after: $after) {
      cursor
      alert {
        id
      }
    }
  }
`);

const FILTERS: Record<string, AlertState[] | null> = {
  waiting: ['OPEN', 'ACKNOWLEDGED'],
  open: ['OPEN'],
  acknowledged: ['ACKNOWLEDGED'],
  resolved: ['RESOLVED'],
  all: null,
};
const OPTIONS = [['waiting', 'Waiting'], ['open', 'Open'], ['acknowledged', 'Acknowledged'], ['resolved', 'Resolved'], ['all', 'All']] as const;

/** Alerts of one model or of all, newest first, kept true live; one of them, in the address, whole. */
export function AlertBoard({ modelId }: { modelId: string | null }) {
  const { asOf } = useAsOf();
  const { projectId } = useProject();
  const [state, setState] = useParam('state', 'waiting');
  const [selectedId, select] = useParam('alert');
  const filter = { modelId, projectId: modelId === null ? projectId : null, states: state in FILTERS ? FILTERS[state] : FILTERS.waiting };
  const [result, readAgain] = useKeptQuery({ query: AlertsOf, variables: { first: PAGE, filter, asOf } });
  const moved = useLive({ query: AlertMoved, variables: {}, pause: asOf !== null });
  const cursor = moved?.alerts.cursor;
  const read = () => readAgain({ requestPolicy: 'network-only' });
  useEffect(() => {
    if (cursor !== undefined) readAgain({ requestPolicy: 'network-only' });
  }, [cursor, readAgain]);
  const total = result.data?.alerts.totalCount ?? 0;
  const alerts = readFragment(AlertFigures, result.data?.alerts.nodes ?? []);
  return (
    <div className={classes.board} data-selected={selectedId !== ''}>
      <Panel
        title={modelId !== null ? 'Alerts' : projectId === null ? 'Of all models' : 'Of the project’s models'}
        note={total > PAGE ? `The newest ${count(PAGE)} of ${count(total)}.` : undefined}
        actions={<Choice name="State" value={state in FILTERS ? state : 'waiting'} onChoose={setState} options={OPTIONS} />}
        isFlush
      >
        <Loaded
          what="The alerts"
          result={result}
          onRetry={read}
          loading={<div className={classes.inset}><LoadingRows rows={6} /></div>}
          isEmpty={(data) => data.alerts.nodes.length === 0}
          empty={
            <div className={classes.inset}>
              <Empty title={state === 'waiting' ? 'Nothing waits' : 'No alert is in this state'}>
                An alert is raised when a rule of a model is broken for as many recorded results in a row as it asks.
              </Empty>
            </div>
          }
        >
          {() => (
            <Table verticalSpacing={8} highlightOnHover className={classes.table}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>State</Table.Th>
                  <Table.Th>What</Table.Th>
                  <Table.Th className="figures">Since</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {alerts.map((alert) => (
                  <Table.Tr key={alert.id} data-selected={alert.id === selectedId} onClick={() => select(alert.id)}>
                    <Table.Td><MeaningMark isQuiet meaning={ALERT_STATES[alert.state].meaning}>{ALERT_STATES[alert.state].word}</MeaningMark></Table.Td>
                    <Table.Td>
                      <UnstyledButton className={classes.sentence} onClick={() => select(alert.id)}>{alert.sentence}</UnstyledButton>
                      <div className="dim small">
                        {modelId === null && <><PlaceLink to={paths.model(alert.model.id)}>{alert.model.name}</PlaceLink> · </>}
                        {alert.rule.name}{alert.timesRaised > 1 && ` · raised ${count(alert.timesRaised)} times`}
                      </div>
                    </Table.Td>
                    <Table.Td className="figures"><Age at={alert.since} isPast={asOf !== null} /></Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          )}
        </Loaded>
      </Panel>
      {selectedId !== '' && <AlertDetail key={selectedId} id={selectedId} onClose={() => select('')} onChanged={read} />}
    </div>
  );
}
