import { Panel } from '../../components/Panel';
import { PlaceLink } from '../../components/PlaceLink';
import { paths } from '../../components/paths';
import { Empty, Loaded, LoadingRows } from '../../components/states';
import { Age } from '../../components/Time';
import { useAsOf } from '../../components/useAsOf';
import { useKeptQuery } from '../../components/useKeptQuery';
import { useProject } from '../../components/useProject';
import { useRefresh } from '../../components/useRefresh';
import { graphql, readFragment } from '../../gql';
import { entrySentence, EntryFigures } from './entries';
import classes from './audit.module.css';

const RecentEntries = graphql(`
  query RecentEntries($projectId: ID, $asOf: AsOf) {
    auditLog(first: 8, filter: { projectId: $projectId }, asOf: $asOf) {
      nodes {
        position
        ...EntryFigures
      }
    }
  }
`);

const REFRESH_MILLISECONDS = 10_000;

/** What changed last, from the audit trail. */
export function RecentChanges() {
  const { asOf } = useAsOf();
  const { projectId } = useProject();
  const [result, readAgain] = useKeptQuery({ query: RecentEntries, variables: { projectId, asOf } });
  useRefresh(readAgain, asOf === null ? REFRESH_MILLISECONDS : null);
  return (
    <Panel title="What changed last" actions={<PlaceLink to={paths.audit}>Audit trail</PlaceLink>}>
      <Loaded
        what="The audit trail"
        result={result}
        onRetry={() => readAgain({ requestPolicy: 'network-only' })}
        loading={<LoadingRows rows={5} />}
        isEmpty={(data) => data.auditLog.nodes.length === 0}
        empty={<Empty title="Nothing has been recorded yet">Every change stands here with who made it and when.</Empty>}
      >
        {(data) => (
          <ul className={classes.recent}>
            {data.auditLog.nodes.map((node) => {
              const entry = readFragment(EntryFigures, node);
              return (
                <li key={entry.position}>
                  <span className="dim small"><Age at={entry.recordedAt} isPast={asOf !== null} /></span>
                  <PlaceLink to={paths.auditEntry(entry.position)}>{entrySentence(entry)}</PlaceLink>
                </li>
              );
            })}
          </ul>
        )}
      </Loaded>
    </Panel>
  );
}
