import { PlaceLink } from '../../components/PlaceLink';
import { paths } from '../../components/paths';
import { Sideways } from '../../components/Sideways';
import { Time } from '../../components/Time';
import { graphql, readFragment, type FragmentType } from '../../gql';
import { words } from '../../lib/format';
import { actorName } from '../../lib/sentences';
import classes from './VersionsTab.module.css';

export const DeploymentFigures = graphql(`
  fragment DeploymentFigures on Deployment {
    environment
    role
    since
    reason
    promotedBy {
      kind
      id
      name
    }
    version {
      id
      tag
    }
  }
`);

interface Mark {
  position: string;
  recordedAt: string;
  text: string;
}

const ORDER = ['PRODUCTION', 'STAGING', 'DEVELOPMENT'];

/** The versions that serve, with who put them there and why, and what happened to the model so far. */
export function DeploymentList({ deployments, marks, mayAudit }: {
  deployments: readonly FragmentType<typeof DeploymentFigures>[];
  marks: readonly Mark[];
  mayAudit: boolean;
}) {
  const serving = readFragment(DeploymentFigures, deployments).toSorted(
    (left, right) => ORDER.indexOf(left.environment) - ORDER.indexOf(right.environment),
  );
  return (
    <>
      <Sideways label="What serves">
        <table className={classes.table}>
          <thead>
            <tr><th>Environment</th><th>Role</th><th>Version</th><th>Since</th><th>By</th><th>Reason</th></tr>
          </thead>
          <tbody>
            {serving.map((each) => (
              <tr key={`${each.environment} ${each.role}`}>
                <td>{words(each.environment)}</td>
                <td>{words(each.role)}</td>
                <td><strong>{each.version.tag}</strong></td>
                <td><Time at={each.since} /></td>
                <td>{actorName(each.promotedBy)}</td>
                <td>{each.reason}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Sideways>
      {marks.length > 0 && (
        <ol className={classes.timeline} aria-label="What happened, newest first">
          {marks.toReversed().map((mark) => (
            <li key={mark.position}>
              <span className="dim"><Time at={mark.recordedAt} /></span>
              {mayAudit ? <PlaceLink to={paths.auditEntry(mark.position)}>{mark.text}</PlaceLink> : mark.text}
            </li>
          ))}
        </ol>
      )}
    </>
  );
}
