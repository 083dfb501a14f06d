import { useEffect } from 'react';
import { graphql } from '../gql';
import { useAsOf } from '../components/useAsOf';
import { useKeptQuery } from '../components/useKeptQuery';
import { useLive } from '../components/useLive';
import { useProject } from '../components/useProject';
import { count } from '../lib/format';
import classes from './OpenAlerts.module.css';

const OpenAlertCount = graphql(`
  query OpenAlertCount($projectId: ID, $asOf: AsOf) {
    alerts(first: 1, filter: { states: [OPEN], projectId: $projectId }, asOf: $asOf) {
      totalCount
    }
  }
`);

const AlertTold = graphql(`
  subscription AlertTold($after: Cursor) {
    alerts(after: $after) {
      cursor
      alert {
        id
        state
      }
    }
  }
`);

/** How many alerts wait for somebody, kept true by the alerts' own log. */
export function OpenAlerts() {
  const { asOf } = useAsOf();
  const { projectId } = useProject();
  const [counted, countAgain] = useKeptQuery({ query: OpenAlertCount, variables: { projectId, asOf } });
  const told = useLive({ query: AlertTold, variables: {}, pause: asOf !== null });
  const cursor = told?.alerts.cursor;
  useEffect(() => {
    if (cursor !== undefined) countAgain({ requestPolicy: 'network-only' });
  }, [cursor, countAgain]);
  const open = counted.data?.alerts.totalCount ?? 0;
  if (open === 0) return null;
  return <span className={classes.count}>{count(open)}<span className="visually-hidden"> open</span></span>;
}
