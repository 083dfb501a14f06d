import { MeaningMark } from '../../components/Meaning';
import { ALERT_STATES } from '../../components/meanings';
import { Panel } from '../../components/Panel';
import { PlaceLink } from '../../components/PlaceLink';
import { paths } from '../../components/paths';
import { Empty, Loaded, LoadingRows } from '../../components/states';
import { Age } from '../../components/Time';
import { useAsOf } from '../../components/useAsOf';
import { useKeptQuery } from '../../components/useKeptQuery';
import { useProject } from '../../components/useProject';
import { useRefresh } from '../../components/useRefresh';
import { graphql } from '../../gql';
import classes from './alerts.module.css';

const OpenAlertsNewestFirst = graphql(`
  query OpenAlertsNewestFirst($projectId: ID, $asOf: AsOf) {
    alerts(first: 8, filter: { states: [OPEN, ACKNOWLEDGED], projectId: $projectId }, asOf: $asOf) {
      totalCount
      nodes {
        id
        state
        sentence
        raisedAt
        model {
          id
          name
        }
      }
    }
  }
`);

const REFRESH_MILLISECONDS = 10_000;

/** What waits for somebody, newest first. */
export function OpenAlertList() {
  const { asOf } = useAsOf();
  const { projectId } = useProject();
  const [result, readAgain] = useKeptQuery({ query: OpenAlertsNewestFirst, variables: { projectId, asOf } });
  const retry = () => readAgain({ requestPolicy: 'network-only' });
  useRefresh(readAgain, asOf === null ? REFRESH_MILLISECONDS : null);
  return (
    <Panel title="Alerts that wait" actions={<PlaceLink to={paths.alerts}>All alerts</PlaceLink>}>
      <Loaded
        what="The alerts"
        result={result}
        onRetry={retry}
        loading={<LoadingRows rows={3} />}
        isEmpty={(data) => data.alerts.nodes.length === 0}
        empty={<Empty title="Nothing waits">Alerts that rules raise stand here until somebody has dealt with them.</Empty>}
      >
        {(data) => (
          <ul className={classes.list}>
            {data.alerts.nodes.map((alert) => (
              <li key={alert.id}>
                <MeaningMark isQuiet meaning={ALERT_STATES[alert.state].meaning}>{ALERT_STATES[alert.state].word}</MeaningMark>
                <div>
                  <PlaceLink to={paths.alert(alert.id)}>{alert.sentence}</PlaceLink>
                  <div className="dim small">{alert.model.name} · <Age at={alert.raisedAt} isPast={asOf !== null} /></div>
                </div>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </Panel>
  );
}
