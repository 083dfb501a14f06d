import { useParams } from 'react-router';
import { paths } from '../components/paths';
import { PlaceLink } from '../components/PlaceLink';
import { Empty, Failing, isForbidden } from '../components/states';
import { Time } from '../components/Time';
import { useAsOf } from '../components/useAsOf';
import { useKeptQuery } from '../components/useKeptQuery';
import { useTitle } from '../components/useTitle';
import { ROLES } from '../features/tenancy/roles';
import { permissionsAt } from '../features/tenancy/tenant';
import { graphql } from '../gql';
import { ChosenTab } from './ChosenTab';
import { SettingsFrame, SettingsLoading } from './SettingsFrame';
import { PROJECT_TABS } from './settingsTabs';

const ProjectScreen = graphql(`
  query ProjectScreen($id: ID!, $asOf: AsOf) {
    project(id: $id, asOf: $asOf) {
      id
      name
      createdAt
      archivedAt
      viewerRole
      permissions
      rolesToGive
      organization {
        id
        name
      }
    }
  }
`);

/** One project: what it is for, how it is set, and what its members are to it. */
export function ProjectPage() {
  const { id = '', tab = 'general' } = useParams();
  const { asOf } = useAsOf();
  const [result, readAgain] = useKeptQuery({ query: ProjectScreen, variables: { id, asOf } });
  const project = result.data?.project;
  useTitle(project?.name);
  if (result.data === undefined && !isForbidden(result.error)) {
    if (!result.error) return <SettingsLoading />;
    return <Failing what="The project" error={result.error} onRetry={() => readAgain({ requestPolicy: 'network-only' })} />;
  }
  if (!project) {
    return (
      <Empty title={asOf === null ? 'There is no such project' : 'This project was not there then'}>
        It may have been deleted, or you don’t belong to its organization. <PlaceLink to={paths.settings}>Your organizations</PlaceLink>
      </Empty>
    );
  }
  const permissions = permissionsAt(project.permissions, asOf !== null);
  const offered = PROJECT_TABS.filter(({ needs }) => needs === undefined || permissions.includes(needs));
  const role = project.viewerRole;
  return (
    <SettingsFrame
      where={<> / <PlaceLink to={paths.organization(project.organization.id, 'projects')}>{project.organization.name}</PlaceLink></>}
      title={project.name}
      sentence={
        <>
          {role && `You are ${ROLES[role].one} in it. `}
          {project.archivedAt ? (
            <>It was archived <Time at={project.archivedAt} />: it can be read and takes in nothing.</>
          ) : (
            <>It was opened <Time at={project.createdAt} />.</>
          )}
        </>
      }
      label="Parts of the project"
      tabs={offered.map(({ name, label }) => ({ name, to: paths.project(id, name), label }))}
      chosen={tab}
    >
      <ChosenTab tabs={PROJECT_TABS} tab={tab} permissions={permissions} of={{ id, permissions, rolesToGive: project.rolesToGive }} />
    </SettingsFrame>
  );
}
