import { PlaceLink } from '../components/PlaceLink';
import { paths } from '../components/paths';
import { mayAnywhere, useTenants } from '../components/useTenants';

/** What somebody without models does next: open a project, or send predictions; as far as they may. */
export function FirstStep() {
  const organizations = useTenants() ?? [];
  const own = organizations.find(({ permissions }) => permissions.includes('MANAGE_PROJECTS'));
  if (organizations.length > 0 && organizations.every(({ projects }) => projects.nodes.length === 0)) {
    return (
      <>
        Models belong to a project, and there is none yet.{' '}
        {own ? <PlaceLink to={paths.organization(own.id, 'projects')}>Open one</PlaceLink> : 'Owners and admins open one.'}
      </>
    );
  }
  return (
    <>
      Models appear here with their trust as soon as one is registered.{' '}
      {mayAnywhere(organizations, 'WRITE_REGISTRY') && <PlaceLink to={paths.welcome}>Register one and send its first predictions</PlaceLink>}
    </>
  );
}
